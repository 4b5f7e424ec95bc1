// The candidate's own picture: a socket of its own, open for as long as somebody looks, and nothing kept.
import { decodeSelfView } from "./wire.ts";
import type { Framing, SelfView } from "./wire.gen.ts";

/** So long without a picture, and the page says so. */
const PATIENCE_MS = 3000;

export interface SelfViewer {
  onPicture(framing: Framing): void;
  /** No picture comes, or none any more; they may still come when `isOver` is false. */
  onMissing(isOver: boolean): void;
}

/** Draws what comes until the returned function is called, which also blanks the canvas. */
export function showSelf(url: string, canvas: HTMLCanvasElement, viewer: SelfViewer): () => void {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const draw = newestOnto(canvas, viewer);
  let timer: number | undefined;
  const wait = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => viewer.onMissing(false), PATIENCE_MS);
  };
  const stop = () => {
    window.clearTimeout(timer);
    draw(null);
  };
  wait();
  socket.onmessage = (event: MessageEvent<unknown>) => {
    const picture = event.data instanceof ArrayBuffer ? decodeSelfView(event.data) : null;
    if (picture === null) return;
    wait();
    draw(picture);
  };
  socket.onclose = () => {
    stop();
    viewer.onMissing(true);
  };
  return () => {
    socket.onmessage = socket.onclose = null;
    socket.close();
    stop();
  };
}

/** Draws one picture at a time, always the newest; null blanks the canvas for good. */
function newestOnto(canvas: HTMLCanvasElement, viewer: SelfViewer): (picture: SelfView | null) => void {
  let next: SelfView | null = null;
  let isDrawing = false;
  let isOver = false;
  const run = async () => {
    isDrawing = true;
    while (next !== null) {
      const picture: SelfView = next;
      next = null;
      const bitmap = await decoded(picture);
      if (isOver) bitmap?.close();
      else if (bitmap !== null) {
        paint(canvas, bitmap);
        viewer.onPicture(picture.framing);
      }
    }
    isDrawing = false;
  };
  return (picture) => {
    if (isOver) return;
    next = picture;
    if (picture === null) {
      isOver = true;
      canvas.width = canvas.width; // blanks it
    } else if (!isDrawing) void run();
  };
}

async function decoded({ jpeg }: SelfView): Promise<ImageBitmap | null> {
  try {
    return await createImageBitmap(new Blob([new Uint8Array(jpeg)], { type: "image/jpeg" }));
  } catch {
    return null;
  }
}

function paint(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
  if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
}
