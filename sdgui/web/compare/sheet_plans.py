"""What a sheet of Compare takes to make, from what the controls and programs ask; visitors choose among our models."""

from collections.abc import Sequence
from dataclasses import replace

from sdgui.axes import AxisRequest
from sdgui.errors import UserError
from sdgui.model_info import ModelInfo
from sdgui.plans import Plan, plan_grid, plan_refined, plan_variations, plan_wall
from sdgui.ports import Models
from sdgui.records import PictureRecord
from sdgui.spec import DreamRequest
from sdgui.studio.studio import draw_seed
from sdgui.web.compare.controls import BY_STRENGTHS, CompareControls
from sdgui.web.shared.dreams.submission import check_model, info_of
from sdgui.web.shared.settings.controls import Controls, to_request, whole
from sdgui.written_values import parse_seed


def wall(
    models: Models, controls: Controls, compare: CompareControls, pixels: int | None = None
) -> Plan:
    """A wall of seeds, at few steps where it is a draft, of pictures of as many `pixels` as somebody may ask for."""
    info = models.describe(info_of(controls.model, models).ref.id)
    asked = to_request(replace(controls, count=compare.wall_count), info, pixels)
    draft_steps = whole(compare.draft_steps) if compare.draft is True else None
    return plan_wall(
        asked, info, draw_seed, draft_steps=draft_steps, find_adapters=models.find_adapters
    )


def refined(models: Models, drafts: Sequence[PictureRecord], steps: float) -> Plan:
    """The drafts at full steps."""
    if not drafts:
        raise UserError("Keep some pictures first.", "K keeps the chosen one.")
    for draft in drafts:
        _check_unchanged(draft, models)
    return plan_refined(
        [draft.spec for draft in drafts],
        steps=whole(steps),
        sources=tuple(draft.id for draft in drafts),
    )


def variations(models: Models, picture: PictureRecord, compare: CompareControls) -> Plan:
    """Variations around a picture: of its strength, or of its variation seed."""
    _check_unchanged(picture, models)
    seed = parse_seed(compare.vary_seed)
    if compare.vary_by == BY_STRENGTHS:
        if not isinstance(compare.vary_strengths, str):
            raise UserError("The strengths must be text.", "Write them as in 0-1 [6].")
        return plan_variations(
            picture.spec,
            source=picture.id,
            draw_seed=draw_seed,
            seed=seed,
            strengths=compare.vary_strengths,
        )
    return plan_variations(
        picture.spec,
        source=picture.id,
        draw_seed=draw_seed,
        seed=seed,
        strength=compare.vary_strength,
        count=whole(compare.vary_count),
    )


def grid(models: Models, asked: DreamRequest, x: AxisRequest, y: AxisRequest | None) -> Plan:
    """A labelled grid of one axis or two."""

    def describe(model: str) -> ModelInfo:
        check_model(model, models)
        return models.describe(model)

    model = models.names()[0] if asked.model is None else asked.model
    return plan_grid(
        replace(asked, model=model),
        x,
        y,
        describe=describe,
        draw_seed=draw_seed,
        find_adapters=models.find_adapters,
    )


def _check_unchanged(picture: PictureRecord, models: Models) -> None:
    """UserError unless what made the picture, model, LoRAs and learnt words, is still here and the same."""
    model = picture.spec.model
    if model.id not in models.names():
        raise UserError(
            f"The model of that picture ({model.id}) is not here now.", "Choose another picture."
        )
    if models.describe(model.id).ref != model:
        raise UserError(
            f"The model {model.id} has changed since that picture was made.", "Dream it again."
        )
    models.check_adapters(picture.spec.adapters)
