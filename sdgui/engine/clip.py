"""CLIP (Radford et al. 2021, https://arxiv.org/abs/2103.00020): words and pictures in one space."""

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

from sdgui.engine.prompts import PromptCache
from sdgui.engine.quiet import quiet
from sdgui.errors import UserError
from sdgui.events import Pixels


class Clip:
    """A CLIP in transformers' layout, read from safetensors alone, in main memory until it is moved."""

    def __init__(self, folder: Path) -> None:
        with quiet():
            network, told = CLIPModel.from_pretrained(
                folder,
                dtype=torch.float32,
                use_safetensors=True,
                local_files_only=True,
                output_loading_info=True,
            )
            self._tokenizer: Any = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
            self._processor: Any = CLIPImageProcessorPil.from_pretrained(
                folder, local_files_only=True
            )
        if told["missing_keys"]:  # which transformers fills by chance
            raise UserError(
                f"“{folder.name}” is not a complete CLIP: some of its weights are missing.",
                "Copy or download it anew.",
            )
        self._network: Any = network.eval()
        self._limit = int(network.config.text_config.max_position_embeddings)
        self._prompts = PromptCache(self._embed_prompt)
        self.device = torch.device("cpu")

    def move(self, device: torch.device) -> None:
        """Moves it to a device: float16 on CUDA, float32 on the CPU."""
        dtype = torch.float16 if device.type == "cuda" else torch.float32
        self._network.to(device=device, dtype=dtype)
        self.device = device

    def similarity(self, prompt: str, pixels: Pixels) -> float:
        """The cosine (-1 to 1) of the embeddings of a prompt and a picture (height, width, 3) of any size.

        Of a prompt that is too long only the beginning is read.
        """
        with torch.inference_mode():
            return float(self._embed_picture(pixels)[0] @ self._prompts.embed([prompt])[0][0])

    def _embed_prompt(self, prompt: str) -> torch.Tensor:
        tokens = self._tokenizer(
            prompt, truncation=True, max_length=self._limit, return_tensors="pt"
        ).input_ids.to(self.device)
        return _unit(self._network.get_text_features(input_ids=tokens).pooler_output)

    def _embed_picture(self, pixels: Pixels) -> torch.Tensor:
        values = self._processor(pixels, input_data_format="channels_last", return_tensors="pt")
        values = values.pixel_values.to(device=self.device, dtype=self._network.dtype)
        return _unit(self._network.get_image_features(pixel_values=values).pooler_output)


def _unit(embeddings: torch.Tensor) -> torch.Tensor:
    """Of length 1, in float32 in main memory, wherever the network is."""
    return F.normalize(embeddings.float(), dim=-1).cpu()
