"""libkarnin as ctypes sees it: every function of karnin.h that this package calls, declared once.

ctypes lets go of the interpreter's lock while one of them runs.
"""
import ctypes
from ctypes import POINTER, c_char_p, c_double, c_float, c_int32, c_int64, c_size_t, c_uint64
from pathlib import Path

CALLERS_ARENA = -1


class Error(RuntimeError):
    """What libkarnin refused: the message names what was expected, what came, and where.

    `status` is that of karnin.h, 1 to 8.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Value(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("channels", c_int64), ("height", c_int64),
                ("width", c_int64), ("channels_last", c_int32)]


class PruneOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("method", c_char_p), ("sparsity", c_double),
                ("all_together", c_int32), ("seed", c_uint64),
                ("layers", POINTER(c_char_p)), ("layer_count", c_size_t),
                ("images", ctypes.c_void_p), ("floats", c_size_t), ("num_threads", c_int32)]


class EngineOptions(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t), ("batch", c_int64), ("num_threads", c_int32),
                ("race", c_int32)]


class Buffer(ctypes.Structure):
    """karnin_input, and karnin_output."""
    _fields_ = [("data", ctypes.c_void_p), ("floats", c_size_t)]


class LayerProfile(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("kernel", c_char_p), ("parameters", c_int64),
                ("nonzero", c_int64), ("macs", c_int64), ("microseconds", c_double)]


class Handle(ctypes.c_void_p):
    """A model, an engine or a session; a type of its own, so that ctypes doesn't make it an int."""


def _path() -> str:
    """What a wheel brings; else what the system has."""
    bundled = Path(__file__).parent / "lib" / "libkarnin.so.0"
    return str(bundled) if bundled.exists() else "libkarnin.so.0"


_STATUS = {
    "karnin_load": [c_char_p, POINTER(Handle)],
    "karnin_load_memory": [c_char_p, c_size_t, POINTER(Handle)],
    "karnin_save": [Handle, c_char_p],
    "karnin_input_at": [Handle, c_size_t, POINTER(Value)],
    "karnin_output_at": [Handle, c_size_t, POINTER(Value)],
    "karnin_preprocess": [Handle, POINTER(POINTER(c_float)), POINTER(POINTER(c_float))],
    "karnin_parameters": [Handle, POINTER(c_int64), POINTER(c_int64)],
    "karnin_prune": [Handle, POINTER(PruneOptions), POINTER(Handle)],
    "karnin_engine_open": [Handle, POINTER(EngineOptions), POINTER(Handle)],
    "karnin_session_open": [Handle, POINTER(Handle)],
    "karnin_run": [Handle, POINTER(Buffer), c_size_t, POINTER(Buffer), c_size_t],
    "karnin_time_layers": [Handle, c_int32],
    "karnin_profile": [Handle, POINTER(POINTER(LayerProfile)), POINTER(c_size_t)],
}
_OTHERS = {
    "karnin_version": ([], c_char_p),
    "karnin_message": ([], c_char_p),
    "karnin_output_count": ([Handle], c_size_t),
    "karnin_model_close": ([Handle], None),
    "karnin_engine_close": ([Handle], None),
    "karnin_session_close": ([Handle], None),
}


def _load() -> ctypes.CDLL:
    loaded = ctypes.CDLL(_path())
    for name, arguments in _STATUS.items():
        getattr(loaded, name).argtypes = arguments
        getattr(loaded, name).restype = c_int32
    for name, (arguments, result) in _OTHERS.items():
        getattr(loaded, name).argtypes = arguments
        getattr(loaded, name).restype = result
    return loaded


library = _load()


def check(status: int) -> None:
    """Raises Error unless the status is 0."""
    if status:
        raise Error(status, library.karnin_message().decode(errors="replace"))
