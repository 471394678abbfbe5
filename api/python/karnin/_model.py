"""Models: what `karnin.load` gives."""
from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Union

import numpy as np
import numpy.typing as npt

from ._library import EngineOptions, Handle, LayerProfile, PruneOptions, Value, check, library
from ._owner import Owner, Session, engine_of

Floats = npt.NDArray[np.float32]
Answers = Union[Floats, tuple[Floats, ...]]


@dataclass(frozen=True)
class Shape:
    """What goes into a network or comes out of it, for one image: C x H x W floats.

    `channels_last`: the network's author had H x W x C; here it is C x H x W all the same.
    """
    name: str
    channels: int
    height: int
    width: int
    channels_last: bool

    @property
    def floats(self) -> int:
        return self.channels * self.height * self.width

    @property
    def planes(self) -> tuple[int, ...]:
        """(C, H, W)."""
        return self.channels, self.height, self.width

    @property
    def dims(self) -> tuple[int, ...]:
        """(C, H, W), or (C,) where there is no plane."""
        return self.planes[:1] if self.planes[1:] == (1, 1) else self.planes


@dataclass(frozen=True)
class Layer:
    """A layer as it runs; `microseconds` are for an image, on one core."""
    name: str
    kernel: str
    parameters: int
    nonzero: int
    macs: int
    microseconds: float


class Model:
    """A network with its weights. It never changes: `prune` gives a new one."""

    def __init__(self, make: Callable[..., int], *arguments: object) -> None:
        """For `load` and `prune`."""
        self._owner = Owner(make, library.karnin_model_close, *arguments)
        handle = self._owner.handle
        self.input: Shape = _shape(library.karnin_input_at, handle, 0)
        self.outputs: tuple[Shape, ...] = tuple(
            _shape(library.karnin_output_at, handle, index)
            for index in range(library.karnin_output_count(handle)))
        self._accepted = {self.input.dims, self.input.planes}
        self._dims = [shape.dims for shape in self.outputs]
        # An engine, and each thread's session of it: replaced together.
        self._prepared: tuple[Owner, threading.local] | None = None

    def prepare(self, *, batch: int = 1, threads: int = 1, race: bool = True) -> Model:
        """Chooses kernels for runs to come, and returns the model; `run` does so where nobody has.

        batch: images that a run will typically bring. threads: 1 is the calling one alone, 0 all that
        the process may use. race: by the clock, or by rule, which is the same on every run.
        """
        options = EngineOptions(ctypes.sizeof(EngineOptions), batch, threads, int(race))
        self._prepared = engine_of(self._owner, options), threading.local()
        return self

    def run(self, images: npt.ArrayLike) -> Answers:
        """The network's answers to N images.

        images: N x C x H x W, or N x C where H and W are 1. Contiguous float32 is read where it lies;
        all else is copied first. Returns N x C x H x W or N x C, of each output where there are
        several, in the order of `outputs`. Raises Error, also for answers that are not finite.
        """
        array = self._contiguous(images)
        answers = [np.empty((array.shape[0], *dims), np.float32) for dims in self._dims]
        self._session().run(array, answers)
        return answers[0] if len(answers) == 1 else tuple(answers)

    def profile(self, images: npt.ArrayLike, runs: int = 20) -> list[Layer]:
        """Runs these images so many times, and tells where the time went."""
        session = self._session()
        check(library.karnin_time_layers(session.handle, 1))
        try:
            for _ in range(runs):
                self.run(images)
            return _profile(session.handle)
        finally:
            check(library.karnin_time_layers(session.handle, 0))

    def prune(self, method: str = "magnitude", *, sparsity: float = 0.5,
              layers: Sequence[str] | None = None, all_together: bool = False, seed: int = 1,
              images: npt.ArrayLike | None = None, threads: int = 1) -> Model:
        """A new model, of which a share of the weights is gone; no training.

        method: "magnitude", "lamp", "random", "obs" and "obd", which look at images, or a score that
        karnin-cpu train left in the file. sparsity: in [0, 1]. layers: their names; all fully
        connected ones but the last, or all convolutions where there are none. all_together: the
        share is that of all of these, as obs and obd are made for, not of each. images: as in `run`,
        some hundred or thousand, without labels, to which the weights that are left are fitted, of
        whatever method; by so many threads, 0 being all.
        """
        if isinstance(layers, str):
            raise TypeError(f"layers: expected names, got one text: {layers!r}")
        names = None if layers is None else [_name(name) for name in layers]
        array = None if names is None else (ctypes.c_char_p * len(names))(*names)
        floats = None if images is None else self._contiguous(images)
        address, size = (None, 0) if floats is None else (floats.ctypes.data, floats.size)
        options = PruneOptions(ctypes.sizeof(PruneOptions), _name(method), sparsity,
                               int(all_together), seed, array, len(names or ()), address, size,
                               threads)
        return Model(library.karnin_prune, self._owner.handle, ctypes.byref(options))

    def save(self, path: str | os.PathLike[str]) -> None:
        """All at once or not at all; as ONNX where the name ends with .onnx."""
        check(library.karnin_save(self._owner.handle, _path(path)))

    @property
    def parameters(self) -> int:
        return self._count()[0]

    @property
    def nonzero(self) -> int:
        """Parameters that are not 0."""
        return self._count()[1]

    @property
    def mean(self) -> Floats:
        """A byte of channel c goes in as (byte / 255 - mean[c]) / std[c]."""
        return self._preprocess()[0]

    @property
    def std(self) -> Floats:
        return self._preprocess()[1]

    def _contiguous(self, images: npt.ArrayLike) -> Floats:
        array = np.ascontiguousarray(images, np.float32)
        if array.shape[1:] not in self._accepted:
            raise ValueError(f"images: expected {_text(('N', *self.input.dims))}, "
                             f"got {_text(array.shape)}")
        return array

    def _session(self) -> Session:
        """That of this thread."""
        prepared = self._prepared or self.prepare()._prepared
        assert prepared is not None
        engine, sessions = prepared
        session: Session | None = getattr(sessions, "session", None)
        if session is None:
            session = sessions.session = Session(engine, len(self.outputs))
        return session

    def _count(self) -> tuple[int, int]:
        counts = ctypes.c_int64(), ctypes.c_int64()
        check(library.karnin_parameters(self._owner.handle, *map(ctypes.byref, counts)))
        return counts[0].value, counts[1].value

    def _preprocess(self) -> tuple[Floats, Floats]:
        pointers = ctypes.POINTER(ctypes.c_float)(), ctypes.POINTER(ctypes.c_float)()
        check(library.karnin_preprocess(self._owner.handle, *map(ctypes.byref, pointers)))
        mean, std = (np.ctypeslib.as_array(pointer, (self.input.channels,)).copy()
                     for pointer in pointers)
        return mean, std


def load(source: str | os.PathLike[str] | bytes) -> Model:
    """Reads a file of karnin-cpu, or of ONNX (its name ends with .onnx); or the bytes of one.

    Raises Error where it is missing, unsound, or of something that is not supported.
    """
    if isinstance(source, bytes):
        return Model(library.karnin_load_memory, source, len(source))
    return Model(library.karnin_load, _path(source))


def _name(text: str) -> bytes:
    return _whole(text.encode())


def _path(path: str | os.PathLike[str]) -> bytes:
    return _whole(os.fsencode(path))


def _whole(text: bytes) -> bytes:
    """As it is: C would take what is in front of a NUL for all of it."""
    if b"\0" in text:
        raise ValueError(f"expected a text without NUL, got {text!r}")
    return text


def _shape(at: Callable[..., int], model: Handle, index: int) -> Shape:
    value = Value()
    check(at(model, index, ctypes.byref(value)))
    return Shape(value.name.decode(), value.channels, value.height, value.width,
                 bool(value.channels_last))


def _text(shape: Sequence[object]) -> str:
    return " x ".join(map(str, shape))


def _profile(session: Handle) -> list[Layer]:
    layers, count = ctypes.POINTER(LayerProfile)(), ctypes.c_size_t()
    check(library.karnin_profile(session, ctypes.byref(layers), ctypes.byref(count)))
    return [Layer(one.name.decode(), one.kernel.decode(), one.parameters, one.nonzero, one.macs,
                  one.microseconds) for one in layers[:count.value]]
