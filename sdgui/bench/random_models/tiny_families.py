"""Makes a tiny model with random weights of each family, of the real classes and in the real layout."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderDC,
    AutoencoderKL,
    AutoencoderKLFlux2,
    AutoencoderKLQwenImage,
    ChromaPipeline,
    ChromaTransformer2DModel,
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    Flux2KleinPipeline,
    Flux2Transformer2DModel,
    FluxPipeline,
    FluxTransformer2DModel,
    PNDMScheduler,
    QwenImagePipeline,
    QwenImageTransformer2DModel,
    SanaPipeline,
    SanaTransformer2DModel,
    SD3Transformer2DModel,
    StableDiffusion3Pipeline,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
    ZImagePipeline,
    ZImageTransformer2DModel,
)
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    Gemma2Config,
    Gemma2Model,
    Qwen2_5_VLConfig,
    Qwen2_5_VLForConditionalGeneration,
    Qwen3Config,
    Qwen3ForCausalLM,
    Qwen3Model,
    T5Config,
    T5EncoderModel,
)

from sdgui.bench.random_models.small_tokenizers import (
    clip_tokenizer,
    gemma_tokenizer,
    qwen_tokenizer,
    t5_tokenizer,
)

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}


def write_family(name: str, folder: Path) -> Path:
    """Writes the tiny model of that name, always the same, and returns its folder."""
    torch.manual_seed(0)
    MODELS[name]().save_pretrained(folder)
    return folder


def clip_text(kind: Any = CLIPTextModel, *, size: int = 16, act: str = "quick_gelu") -> Any:
    tokenizer = clip_tokenizer()
    return kind(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=size,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            projection_dim=size,
            hidden_act=act,
            max_position_embeddings=77,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def vae(*, channels: int = 4, scale: float = 0.5, shift: float | None = None) -> AutoencoderKL:
    """Factor 8, as the real ones."""
    return AutoencoderKL(
        block_out_channels=(8, 8, 8, 8),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=channels,
        norm_num_groups=4,
        sample_size=128,
        scaling_factor=scale,
        shift_factor=shift,
        use_quant_conv=shift is None,
        use_post_quant_conv=shift is None,
    )


def unet(**more: Any) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        **{
            "sample_size": 16,
            "block_out_channels": (16, 32),
            "layers_per_block": 1,
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
            "cross_attention_dim": 16,
            "attention_head_dim": (2, 4),
            "norm_num_groups": 8,
            "use_linear_projection": True,
            **more,
        }
    )


def sd1() -> StableDiffusionPipeline:
    return sd(
        clip_text(),
        unet(use_linear_projection=False, attention_head_dim=2),
        PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1),
    )


def sd2(prediction_type: str) -> StableDiffusionPipeline:
    scheduler = DDIMScheduler(
        **BETAS, prediction_type=prediction_type, clip_sample=False, steps_offset=1
    )
    return sd(clip_text(act="gelu"), unet(), scheduler)


def sd(text_encoder: Any, unet: Any, scheduler: Any) -> StableDiffusionPipeline:
    return StableDiffusionPipeline(
        vae=vae(),
        text_encoder=text_encoder,
        tokenizer=clip_tokenizer(),
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl(scheduler: Any = None) -> StableDiffusionXLPipeline:
    if scheduler is None:
        scheduler = EulerDiscreteScheduler(**BETAS, timestep_spacing="leading", steps_offset=1)
    return StableDiffusionXLPipeline(
        vae=vae(scale=0.13),
        text_encoder=clip_text(),
        text_encoder_2=clip_text(CLIPTextModelWithProjection, size=24, act="gelu"),
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        unet=unet(
            cross_attention_dim=16 + 24,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 24,
        ),
        scheduler=scheduler,
    )


def sdxl_turbo() -> StableDiffusionXLPipeline:
    return sdxl(EulerAncestralDiscreteScheduler(**BETAS, timestep_spacing="trailing"))


def t5() -> T5EncoderModel:
    return T5EncoderModel(
        T5Config(vocab_size=128, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    )


def qwen3(kind: Any, *, layers: int) -> Any:
    return kind(
        Qwen3Config(
            vocab_size=300,
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=layers,
            num_attention_heads=2,
            num_key_value_heads=2,
            head_dim=8,
            max_position_embeddings=1024,
        )
    )


def flow(**config: Any) -> FlowMatchEulerDiscreteScheduler:
    return FlowMatchEulerDiscreteScheduler(**config)


def vae16(*, scale: float = 0.36, shift: float = 0.12) -> AutoencoderKL:
    return vae(channels=16, scale=scale, shift=shift)


def sd3(*, with_t5: bool) -> StableDiffusion3Pipeline:
    return StableDiffusion3Pipeline(
        transformer=SD3Transformer2DModel(
            sample_size=16,
            patch_size=2,
            in_channels=16,
            out_channels=16,
            num_layers=2,
            attention_head_dim=8,
            num_attention_heads=2,
            caption_projection_dim=16,
            joint_attention_dim=32,
            pooled_projection_dim=32,
            pos_embed_max_size=12,
        ),
        vae=vae16(scale=1.5, shift=0.06),
        text_encoder=clip_text(CLIPTextModelWithProjection),
        text_encoder_2=clip_text(CLIPTextModelWithProjection, act="gelu"),
        text_encoder_3=t5() if with_t5 else None,
        tokenizer=clip_tokenizer(),
        tokenizer_2=clip_tokenizer(),
        tokenizer_3=t5_tokenizer() if with_t5 else None,
        scheduler=flow(shift=3.0),
    )


def flux1(*, dev: bool) -> FluxPipeline:
    return FluxPipeline(
        transformer=FluxTransformer2DModel(
            patch_size=1,
            in_channels=64,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=16,
            axes_dims_rope=(4, 4, 8),
            guidance_embeds=dev,
        ),
        vae=vae16(),
        text_encoder=clip_text(),
        tokenizer=clip_tokenizer(),
        text_encoder_2=t5(),
        tokenizer_2=t5_tokenizer(),
        scheduler=flow(shift=3.0, use_dynamic_shifting=True) if dev else flow(shift=1.0),
    )


def chroma() -> ChromaPipeline:
    return ChromaPipeline(
        transformer=ChromaTransformer2DModel(
            patch_size=1,
            in_channels=64,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            axes_dims_rope=(4, 4, 8),
            approximator_hidden_dim=16,
            approximator_layers=1,
            approximator_num_channels=16,
        ),
        vae=vae16(),
        text_encoder=t5(),
        tokenizer=t5_tokenizer(),
        scheduler=flow(shift=1.0),
    )


def flux2_klein(*, distilled: bool) -> Flux2KleinPipeline:
    return Flux2KleinPipeline(
        transformer=Flux2Transformer2DModel(
            patch_size=1,
            in_channels=128,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=3 * 16,
            timestep_guidance_channels=32,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        ),
        vae=AutoencoderKLFlux2(
            sample_size=128,
            block_out_channels=(8, 8, 8, 8),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=1,
            latent_channels=32,
            norm_num_groups=4,
        ),
        text_encoder=qwen3(Qwen3ForCausalLM, layers=28),
        tokenizer=qwen_tokenizer(),
        scheduler=flow(shift=3.0, use_dynamic_shifting=True),
        is_distilled=distilled,
    )


def qwen_image() -> QwenImagePipeline:
    text = {
        "vocab_size": 300,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
        "rope_theta": 1e6,
        "rope_scaling": {"mrope_section": [1, 1, 2], "rope_type": "default", "type": "default"},
    }
    vision = {
        "depth": 1,
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_heads": 2,
        "out_hidden_size": 16,
    }
    return QwenImagePipeline(
        transformer=QwenImageTransformer2DModel(
            patch_size=2,
            in_channels=64,
            out_channels=16,
            num_layers=2,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            guidance_embeds=False,
            axes_dims_rope=(8, 4, 4),
        ),
        vae=AutoencoderKLQwenImage(
            base_dim=8,
            z_dim=16,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
            latents_mean=[0.1] * 16,
            latents_std=[1.5] * 16,
        ),
        text_encoder=Qwen2_5_VLForConditionalGeneration(
            Qwen2_5_VLConfig(
                text_config=text,
                vision_config=vision,
                vision_end_token_id=297,
                vision_start_token_id=296,
                vision_token_id=298,
                image_token_id=295,
                video_token_id=294,
            )
        ),
        tokenizer=qwen_tokenizer(),
        scheduler=flow(use_dynamic_shifting=True, shift_terminal=0.02),
    )


def z_image(*, shift: float) -> ZImagePipeline:
    transformer = ZImageTransformer2DModel(
        all_patch_size=(2,),
        all_f_patch_size=(1,),
        in_channels=16,
        dim=32,
        n_layers=1,
        n_refiner_layers=1,
        n_heads=2,
        n_kv_heads=2,
        qk_norm=True,
        cap_feat_dim=16,
        rope_theta=256.0,
        t_scale=1000.0,
        axes_dims=[8, 4, 4],
        axes_lens=[1024, 64, 64],
    )
    with torch.no_grad():  # made without values
        transformer.x_pad_token.fill_(1.0)
        transformer.cap_pad_token.fill_(1.0)
    return ZImagePipeline(
        transformer=transformer,
        vae=vae16(),
        text_encoder=qwen3(Qwen3Model, layers=2),
        tokenizer=qwen_tokenizer(),
        scheduler=flow(shift=shift),
    )


def sana() -> SanaPipeline:
    depth = 6
    return SanaPipeline(
        transformer=SanaTransformer2DModel(
            patch_size=1,
            in_channels=8,
            out_channels=8,
            num_layers=1,
            num_attention_heads=2,
            attention_head_dim=8,
            num_cross_attention_heads=2,
            cross_attention_head_dim=8,
            cross_attention_dim=16,
            caption_channels=16,
            sample_size=4,
        ),
        vae=AutoencoderDC(
            in_channels=3,
            latent_channels=8,
            attention_head_dim=4,
            encoder_block_types=("ResBlock",) * depth,
            decoder_block_types=("ResBlock",) * depth,
            encoder_block_out_channels=(8,) * depth,
            decoder_block_out_channels=(8,) * depth,
            encoder_qkv_multiscales=((),) * depth,
            decoder_qkv_multiscales=((),) * depth,
            encoder_layers_per_block=(1,) * depth,
            decoder_layers_per_block=(1,) * depth,
            downsample_block_type="conv",
            upsample_block_type="interpolate",
            decoder_norm_types="rms_norm",
            decoder_act_fns="silu",
            scaling_factor=0.41,
        ),
        text_encoder=Gemma2Model(
            Gemma2Config(
                vocab_size=128,
                hidden_size=16,
                intermediate_size=16,
                num_hidden_layers=1,
                num_attention_heads=2,
                num_key_value_heads=1,
                head_dim=8,
            )
        ),
        tokenizer=gemma_tokenizer(),
        scheduler=DPMSolverMultistepScheduler(
            algorithm_type="dpmsolver++",
            solver_order=2,
            prediction_type="flow_prediction",
            use_flow_sigmas=True,
            flow_shift=3.0,
            final_sigmas_type="zero",
            lower_order_final=True,
        ),
    )


def sdxl_zero_snr() -> StableDiffusionXLPipeline:
    """Predicts v and begins at pure noise, as some models that were trained on from SDXL."""
    return sdxl(
        EulerDiscreteScheduler(
            **BETAS,
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
            timestep_spacing="trailing",
        )
    )


MODELS: dict[str, Callable[[], Any]] = {
    "sd1": sd1,
    "sd2": lambda: sd2("epsilon"),
    "sd2-v": lambda: sd2("v_prediction"),
    "sdxl": sdxl,
    "sdxl-turbo": sdxl_turbo,
    "sdxl-zero-snr": sdxl_zero_snr,
    "sd3": lambda: sd3(with_t5=True),
    "sd3-without-t5": lambda: sd3(with_t5=False),
    "flux1-dev": lambda: flux1(dev=True),
    "flux1-schnell": lambda: flux1(dev=False),
    "chroma": chroma,
    "flux2-klein-base": lambda: flux2_klein(distilled=False),
    "flux2-klein": lambda: flux2_klein(distilled=True),
    "qwen-image": qwen_image,
    "z-image": lambda: z_image(shift=6.0),
    "z-image-turbo": lambda: z_image(shift=3.0),
    "sana": sana,
}
