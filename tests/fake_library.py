"""A library behind the port: what a test gives it, and what it was asked."""

from dataclasses import replace

from sdgui.correction import CORRECTIONS, Correction
from sdgui.errors import UserError
from sdgui.library import (
    Card,
    Checking,
    Corrected,
    Defaults,
    Download,
    DownloadState,
    KnownModel,
    Offer,
)
from sdgui.model_info import ModelInfo, ModelRef, VaeForm
from sdgui.ports import Models
from sdgui.vae_info import VaeInfo

GB = 10**9


class FakeLibrary:
    """Tells cards of the models that there are; a download rests half way until a test changes it."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self.renew()

    def renew(self) -> None:
        """Makes it what it was at first."""
        self.removed: list[str] = []
        self.removable: dict[str, int] = {}
        self.default: str | None = None
        self.token = ""
        self.offers: dict[str, Offer] = {}
        self.under_way: dict[str, Download] = {}
        self.corrections: list[tuple[str, Correction, Defaults]] = []
        self.memory: int | None = 16 * GB
        self.is_offline = False
        self.vaes: tuple[VaeInfo, ...] = ()

    def cards(self) -> tuple[Card, ...]:
        names = [name for name in self._models.names() if name not in self.removed]
        names.sort(key=lambda name: name != self.default)
        return tuple(map(self._card, names))

    def _card(self, model: str) -> Card:
        try:
            info = self._models.describe(model)
        except UserError as fault:
            return Card(model=model, title=model, fault=str(fault))
        return Card(
            model=model,
            title=info.title,
            family=info.family,
            family_title={"sd1": "Stable Diffusion 1.x"}.get(info.family, info.family),
            bytes=2 * GB,
            memory_bytes=3 * GB,
            place="inside the app" if model == "demo" else f"models/{model}",
            licence="openrail",
            hash=info.ref.hash,
            removable=model in self.removable,
            checker=_checking(info),
            checker_fault="" if info.checker is None else info.checker.fault,
        )

    def known(self) -> tuple[KnownModel, ...]:
        return (
            KnownModel(
                model="owner/known",
                title="A known model",
                licence="Apache-2.0",
                bytes=20 * GB,
                memory_bytes=20 * GB,
            ),
        )

    @property
    def has_token(self) -> bool:
        return bool(self.token)

    def set_token(self, token: str) -> None:
        self.token = token

    def set_default(self, model: str) -> str:
        self.default = model
        return ""

    @property
    def revision(self) -> int:
        return len(self.corrections)

    def corrected(self, model: str) -> Corrected:
        info = replace(
            self._models.describe(model),
            corrections=tuple(CORRECTIONS),
            vae=VaeForm(channels=4, factor=8),
        )
        correction, defaults = next(
            (known for name, *known in reversed(self.corrections) if name == model),
            [Correction(), Defaults()],
        )
        return Corrected(
            own=info, now=info, correction=correction, defaults=defaults, vaes=self.vaes
        )

    def choose_vae(self, model: str, name: str) -> ModelRef:
        if name not in {one.name for one in self.vaes}:
            raise UserError(f"There is no VAE called “{name}” here.", "Choose another.")
        return ModelRef(id=name, hash="ee" * 32)

    def correct(self, model: str, correction: Correction, defaults: Defaults) -> Corrected:
        self.corrections.append((model, correction, defaults))
        return self.corrected(model)

    def removal(self, model: str) -> int:
        if model not in self.removable:
            raise UserError("The model inside the app stays.", "It is small.")
        return self.removable[model]

    def remove(self, model: str) -> int:
        freed = self.removal(model)
        self.removed.append(model)
        return freed

    def look_up(self, text: str) -> Offer:
        if text not in self.offers:
            raise UserError(f"There is no model called “{text}” on the hub.", "Check the spelling.")
        return self.offers[text]

    def downloads(self) -> tuple[Download, ...]:
        return tuple(self.under_way.values())

    def begin(self, model: str) -> None:
        self._put(model, DownloadState.RUNNING, speed=18e6, seconds_left=180.0)

    def pause(self, model: str) -> None:
        self._put(model, DownloadState.PAUSED)

    def cancel(self, model: str) -> None:
        self.under_way.pop(model, None)

    def _put(self, model: str, state: DownloadState, **how: float) -> None:
        self.under_way[model] = Download(
            model=model,
            title=model.rpartition("/")[2],
            family_title="Stable Diffusion XL",
            licence="Apache-2.0",
            state=state,
            done=5 * GB,
            total=8 * GB,
            **how,
        )


def _checking(info: ModelInfo) -> Checking:
    if info.checker is None:
        return Checking.NONE
    return Checking.UNREADABLE if info.checker.fault else Checking.ACTIVE
