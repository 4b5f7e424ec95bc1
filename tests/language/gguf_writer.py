"""A language model of half a megabyte: llama's architecture, weights drawn by a seed, a vocabulary of characters.

Every printable ASCII character and every byte is a token, so that tokens can be counted and whatever can be written can
be generated, broken UTF-8 among it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
"""How the tokeniser of this kind writes a space."""
START, END = "<|start|>", "<|end|>"
CONTROL = ("<unk>", "<s>", "</s>", START, END)
BOS, EOS, FIRST_BYTE = 1, 2, len(CONTROL)

PLAIN = (
    "{% for m in messages %}" + START + "{{ m['role'] }}\n{{ m['content'] }}" + END + "\n{% endfor %}"
    "{% if add_generation_prompt %}" + START + "assistant\n{% endif %}"
)
"""Only ever appended to."""
THINKING = PLAIN.replace("assistant\n{%", "assistant\n{% if enable_thinking is false %}(no thought)\n{% endif %}{%")
"""Puts something before an answer that is yet to be written, and nothing before one that is written."""
STERN = (
    "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no: ' + messages[0]['content']) }}{% endif %}" + PLAIN
)
"""Takes no system message."""

WIDTH, HEADS, INNER = 32, 2, 64
CONTEXT_TOKENS = 4096


def pieces() -> list[str]:
    """All tokens in the order of their numbers."""
    characters = [SPACE if character == 32 else chr(character) for character in range(32, 127)]
    return [*CONTROL, *(f"<0x{byte:02X}>" for byte in range(256)), *characters]


def write_gguf(path: Path, *, seed: int = 1, layers: int = 2, template: str | None = PLAIN) -> Path:
    """Weights that are the same for the same arguments, at ``path``."""
    import gguf

    tokens = pieces()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT_TOKENS)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    kind = gguf.TokenType
    kinds = [kind.UNKNOWN, *[kind.CONTROL] * (FIRST_BYTE - 1), *[kind.BYTE] * 256]
    writer.add_token_types([*kinds, *[kind.NORMAL] * (len(tokens) - len(kinds))])
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(EOS)
    writer.add_eot_token_id(CONTROL.index(END))
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    if template is not None:
        writer.add_chat_template(template)
    for name, weights in _tensors(np.random.default_rng(seed), layers, len(tokens)).items():
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(chance: np.random.Generator, layers: int, vocabulary: int) -> dict[str, np.ndarray]:
    def drawn(*shape: int) -> np.ndarray:
        return chance.normal(0.0, 0.4, shape).astype(np.float32)

    ones = np.ones(WIDTH, dtype=np.float32)
    tensors = {"token_embd.weight": drawn(vocabulary, WIDTH), "output_norm.weight": ones,
               "output.weight": drawn(vocabulary, WIDTH)}
    for layer in range(layers):
        block = f"blk.{layer}."
        tensors[f"{block}attn_norm.weight"] = tensors[f"{block}ffn_norm.weight"] = ones
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            tensors[f"{block}{name}.weight"] = drawn(WIDTH, WIDTH)
        for name, shape in (("ffn_gate", (INNER, WIDTH)), ("ffn_up", (INNER, WIDTH)), ("ffn_down", (WIDTH, INNER))):
            tensors[f"{block}{name}.weight"] = drawn(*shape)
    return tensors
