// A modal dialog; Escape and its last button close it.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly kind?: string;
  /** Speaks up by itself, for what must not be missed. */
  readonly isAlert?: boolean;
}

export function Dialog({ title, onClose, children, kind = "", isAlert = false }: DialogProps) {
  const titleId = useId();
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    // An element that only vanishes does not give the focus back to where it was.
    return () => dialog?.close();
  }, []);
  const onCancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={element} class={`dialog ${kind}`} role={isAlert ? "alertdialog" : undefined} aria-labelledby={titleId} onCancel={onCancel}>
      <h2 id={titleId} class="dialog-title">
        {title}
      </h2>
      {children}
    </dialog>
  );
}
