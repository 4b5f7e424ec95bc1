"""What wording costs in an interview: tokens that a language model computes, turn by turn.

    PYTHONPATH=daemon:tests python tests/bench/bench_language.py [--model PATH.gguf] [--turns 6]

Without ``--model`` it is a random model of 180 kB with a token for each character, and what it writes is noise; counts
show what is computed again, and what is not. With a model of one's own the times mean something, too, and so does what
it writes: it is printed with the reason for which it would not be said.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import islice
from pathlib import Path

from greenroom.events import FollowUpWorded, JobKey, WorkerEvent
from greenroom.interview.questions import load_packs
from greenroom.language import fitness, scripted
from greenroom.language.llm_llamacpp import LlamaCppModel
from greenroom.requests import WordFollowUp
from greenroom.workers.language import LanguageWorker
from language import gguf_writer


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--context", type=int, default=8192)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.model or gguf_writer.write_gguf(Path(folder) / "tiny.gguf")
        model = LlamaCppModel(path, context_tokens=options.context)
        measure(model, options.turns)
        model.close()
    return 0


def measure(model: LlamaCppModel, turns: int) -> None:
    events: list[WorkerEvent] = []
    worker = LanguageWorker(events.append, model=model)
    print(f"{model.info.name} {model.info.version}, {model.info.detail}")
    print("turn      told  computed  kept  written     s  longest slice, ms  not said because")
    begin_s = time.perf_counter()
    worker.warm_up(0)
    assert model.use is not None
    print(f"rules {model.use.evaluated + model.use.reused:8} {model.use.evaluated:9} {model.use.reused:5} "
          f"{model.use.generated:8} {time.perf_counter() - begin_s:5.2f}")
    for turn, asked in enumerate(islice(requests(), turns), 1):
        begin_s = time.perf_counter()
        worker.handle(asked)
        slices_s = []
        while worker.is_busy:
            slice_s = time.perf_counter()
            worker.advance(0.0)
            slices_s.append(time.perf_counter() - slice_s)
        took_s = time.perf_counter() - begin_s
        event, use = events[-1], model.use
        assert isinstance(event, FollowUpWorded)
        assert use is not None
        reason = fitness.unfit(event.text, question=asked.question, answer=asked.answer, hook=asked.text)
        print(f"{turn:5} {use.evaluated + use.reused:8} {use.evaluated:9} {use.reused:5} {use.generated:8} "
              f"{took_s:5.2f} {max(slices_s) * 1000:18.1f}  {reason}")
        if model.info.detail.startswith("tiny"):
            continue
        print(f"      written: {asked.text}\n      worded:  {event.text}")


def requests() -> list[WordFollowUp]:
    """Those of an interview in which every answer is like one of band 4, as the packs have them."""
    asked: list[WordFollowUp] = []
    for pack in load_packs().values():
        answers = {competency.id: competency.anchors[3] for competency in pack.competencies}
        for question in pack.questions:
            answer = answers[question.competency]
            hook_id, text = scripted.choose(answer, question.follow_ups)
            if text:
                asked.append(WordFollowUp(job=JobKey(len(asked) + 1), question=question.text, answer=answer,
                                          hook_id=hook_id, text=text, style="neutral", kind=question.kind))
    return asked


if __name__ == "__main__":
    raise SystemExit(main())
