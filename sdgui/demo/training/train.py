"""Train the embedded model from nothing, stage by stage.

python -m sdgui.demo.training.train [--stage STAGE ...] [--minutes M] [--resume] [--device DEVICE]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from sdgui.demo.training import data
from sdgui.demo.training.adopt import adopt
from sdgui.demo.training.clip_stage import train_clip
from sdgui.demo.training.export import WEIGHTS, export
from sdgui.demo.training.judge_stage import train_judge
from sdgui.demo.training.tokenizer import train_tokenizer
from sdgui.demo.training.unet_stage import encode_all, train_unet
from sdgui.demo.training.vae_stage import train_decoder, train_vae

SHARES = {"vae": 0.1, "clip": 0.1, "unet": 0.56, "decoder": 0.04, "vision": 0.14, "judge": 0.06}
"""How `--minutes` is divided among the stages that take time."""

STAGES = ("tokenizer", "data", "vae", "clip", "unet", "decoder", "vision", "judge", "export")
_SEED = 0


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to train, on what, for how long in all, and where it goes."""

    stages: list[str]
    minutes: float
    scenes: int
    work: Path
    weights: Path
    device: str
    resume: bool


def run(plan: Plan) -> None:
    """Run the stages of a plan in their order; each has its share of the minutes."""
    plan.work.mkdir(parents=True, exist_ok=True)
    ships = (plan.weights / "model_index.json").exists()
    if plan.resume and ships and not (plan.work / "vae.pt").exists():
        adopt(plan.work, plan.weights)
    chosen = [stage for stage in STAGES if stage in plan.stages]
    whole = sum(SHARES.get(stage, 0.0) for stage in chosen)
    for stage in chosen:
        _run_stage(stage, plan, plan.minutes * SHARES.get(stage, 0.0) / (whole or 1.0))


def _run_stage(stage: str, plan: Plan, minutes: float) -> None:
    work, device, resume = plan.work, plan.device, plan.resume
    match stage:
        case "tokenizer":
            if not (resume and (work / "tokenizer" / "vocab.json").exists()):
                train_tokenizer(data.sample_captions(50_000, _SEED), work / "tokenizer")
        case "data":
            data.draw_all(work, plan.scenes)
        case "vae":
            train_vae(minutes, work=work, device=device, resume=resume)
        case "clip":
            train_clip(minutes, work=work, device=device, resume=resume)
        case "unet":
            encode_all(work, device)
            write = partial(export, work, plan.weights)
            train_unet(minutes, work=work, device=device, resume=resume, export=write)
        case "decoder":
            train_decoder(minutes, work=work, device=device)
        case "vision":
            train_clip(minutes, work=work, device=device, resume=resume, only_vision=True)
        case "judge":
            judge = plan.weights / "judge" / "model.safetensors"
            train_judge(minutes, work=work, device=device, weights=judge)
        case "export":
            export(work, plan.weights)


def main() -> None:
    """Read the flags and train."""
    parser = argparse.ArgumentParser(description="Train the embedded model.")
    parser.add_argument("--stage", nargs="+", choices=STAGES, default=list(STAGES))
    parser.add_argument(
        "--minutes", type=float, default=300.0, help="from now, for the chosen stages together"
    )
    parser.add_argument("--scenes", type=int, default=data.TRAIN_SCENES, help="to draw")
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoints, or from what ships"
    )
    parser.add_argument("--work", type=Path, default=data.WORK, help="drawings and checkpoints")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="where the model goes")
    found = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("--device", choices=("cpu", "cuda"), default=found)
    options = parser.parse_args()
    run(
        Plan(
            stages=options.stage,
            minutes=options.minutes,
            scenes=options.scenes,
            work=options.work,
            weights=options.weights,
            device=options.device,
            resume=options.resume,
        )
    )


if __name__ == "__main__":
    main()
