"""The ONNX graph of an encoder made small and fast: int8 matrices, a word table in blocks.

Two things are known to cost retrieval quality and are avoided here. A few activation channels
are 20 times larger than the rest, and one scale for all of them leaves the rest few steps; so
each channel is first divided by what it reaches on sample texts and its weights multiplied
(SmoothQuant, Xiao et al. 2023), which changes nothing in exact arithmetic. And one scale a
weight matrix is too coarse; each output column has its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import helper, numpy_helper

Floats = npt.NDArray[np.float32]

_BALANCE = 0.7  # how much of a channel's unevenness moves into its weights; 0.65-0.75 are alike, 0.5 is worse
_LARGEST = 63  # 7 bits: the products of 8 overflow on x86 without VNNI, and vectors would depend on the CPU
_BLOCK = 32
_LONG_TABLE = 1000  # rows from which a looked-up table is packed: the words, not the positions
_CONTRIB = "com.microsoft"


def shrink(source: Path, target: Path, samples: Sequence[list[int]]) -> None:
    """Write the fp32 graph `source` as `target`, its ranges taken from token lists `samples`."""
    ranges = _input_ranges(source, samples)
    model = onnx.load(source)
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for name, reached in ranges.items():
        nodes = [node for node in _products(graph) if node.input[0] == name]
        weights = [numpy_helper.to_array(constants[node.input[1]]) for node in nodes]
        scales = _balance(reached, weights)
        smoothed = _insert_division(graph, name, scales)
        for node, weight in zip(nodes, weights, strict=True):
            node.input[0] = smoothed
            _pack_product(graph, node, weight * scales[:, None])
    for node in graph.node:
        if node.op_type == "Gather" and _is_long_table(constants.get(node.input[0])):
            _pack_lookup(graph, node, numpy_helper.to_array(constants[node.input[0]]))
    _drop_unused(graph)
    model.opset_import.append(helper.make_opsetid(_CONTRIB, 1))
    _save(model, target)


def _save(model: onnx.ModelProto, target: Path) -> None:
    """Save with the weights in a file beside it, which the runtime maps instead of copying: 30 MB less."""
    beside = f"{target.stem}.bin"
    onnx.save(model, target, save_as_external_data=True, location=beside, size_threshold=4096)
    target.with_name(beside).chmod(0o644)  # onnx makes it unreadable for others, such as a server's own user


def _products(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The matrix products with constant weights, in order."""
    constants = {tensor.name for tensor in graph.initializer}
    return [node for node in graph.node if node.op_type == "MatMul" and node.input[1] in constants]


def _input_ranges(source: Path, samples: Sequence[list[int]]) -> dict[str, Floats]:
    """For each tensor that enters a product: the largest magnitude of each channel on the samples."""
    model = onnx.load(source, load_external_data=False)
    names = list(dict.fromkeys(node.input[0] for node in _products(model.graph)))
    model.graph.output.extend(
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names
    )
    watched = source.with_name(
        "watched.onnx"
    )  # beside the source, whose weights may lie in a file next to it
    onnx.save(model, watched)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(watched), options, providers=["CPUExecutionProvider"])
    ranges = [np.float32(0)] * len(names)
    for ids in samples:
        values = session.run(names, {"input_ids": np.array([ids], dtype=np.int64)})
        reached = [np.abs(value).reshape(-1, value.shape[-1]).max(axis=0) for value in values]
        ranges = [np.maximum(old, new) for old, new in zip(ranges, reached, strict=True)]
    watched.unlink()
    return dict(zip(names, ranges, strict=True))


def _balance(reached: Floats, weights: list[Floats]) -> Floats:
    """What to divide each channel by, so that activations and weights are about equally uneven."""
    largest = np.max([np.abs(weight).max(axis=1) for weight in weights], axis=0)
    logs = _BALANCE * np.log(np.maximum(reached, 1e-5)) - (1 - _BALANCE) * np.log(np.maximum(largest, 1e-5))
    scales: Floats = np.exp(logs - logs.mean()).astype(np.float32)
    return scales


def _insert_division(graph: onnx.GraphProto, name: str, scales: Floats) -> str:
    """Scale the tensor `name` right after the node that makes it; the new tensor's name."""
    factors = _add_constant(graph, f"{name}_factors", 1 / scales)
    node = helper.make_node("Mul", [name, factors], [f"{name}_smoothed"], f"{name}_smooth")
    makers = [at for at, maker in enumerate(graph.node) if name in maker.output]
    graph.node.insert(makers[0] + 1, node)
    return f"{name}_smoothed"


def _pack_product(graph: onnx.GraphProto, node: onnx.NodeProto, weight: Floats) -> None:
    """X @ W with int8 columns; the runtime quantises x itself, once a call."""
    scales = np.maximum(np.abs(weight).max(axis=0) / _LARGEST, 1e-12).astype(np.float32)
    codes = np.rint(weight / scales).astype(np.int8)
    name = node.output[0]  # not the weight's, which several nodes may share
    inputs = [
        node.input[0],
        _add_constant(graph, f"{name}_codes", codes),
        _add_constant(graph, f"{name}_scales", scales),
    ]
    _replace(node, "DynamicQuantizeMatMul", inputs)


def _is_long_table(tensor: onnx.TensorProto | None) -> bool:
    return (
        tensor is not None
        and len(tensor.dims) == 2
        and tensor.dims[0] >= _LONG_TABLE
        and tensor.dims[1] % _BLOCK == 0
    )


def _pack_lookup(graph: onnx.GraphProto, node: onnx.NodeProto, table: Floats) -> None:
    """Rows of a packed table: only the rows of a text's tokens are ever unpacked."""
    bits, codes, scales = _pack_blocks(table)
    name = node.output[0]
    inputs = [
        _add_constant(graph, f"{name}_codes", codes),
        node.input[1],
        _add_constant(graph, f"{name}_scales", scales),
    ]
    _replace(
        node,
        "GatherBlockQuantized",
        inputs,
        bits=bits,
        block_size=_BLOCK,
        gather_axis=0,
        quantize_axis=1,
    )


def _pack_blocks(table: Floats) -> tuple[int, npt.NDArray[np.uint8], Floats]:
    """(bits, codes, scales): 4 bits where they say exactly the same (weights that were 4-bit), else 8."""
    blocks = table.reshape(len(table), -1, _BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=-1)[..., None], axis=-1)
    for bits in (4, 8):
        half = 1 << (bits - 1)
        scales = largest / np.float32(-half)
        steps = np.divide(blocks, scales, out=np.zeros_like(blocks), where=scales != 0)
        whole = np.clip(np.rint(steps), -half, half - 1)
        if np.array_equal(whole * scales, blocks):
            break
    codes = (whole + half).astype(np.uint8).reshape(len(table), -1)
    if bits == 4:
        codes = codes[:, 0::2] | (codes[:, 1::2] << 4)
    return bits, codes, scales[..., 0]


def _add_constant(graph: onnx.GraphProto, name: str, values: npt.NDArray[Any]) -> str:
    graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
    return name


def _replace(node: onnx.NodeProto, kind: str, inputs: list[str], **attributes: int) -> None:
    """Turn a node into another kind, keeping its name and outputs."""
    node.CopyFrom(helper.make_node(kind, inputs, node.output, node.name, domain=_CONTRIB))
    node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())


def _drop_unused(graph: onnx.GraphProto) -> None:
    used = {name for node in graph.node for name in node.input}
    kept = [tensor for tensor in graph.initializer if tensor.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
