"""Objects of libkarnin that close when nobody holds them any longer."""
import ctypes
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from ._library import Buffer, Handle, check, library


class Owner:
    """One object, made by the function `make` of karnin.h from these arguments."""

    def __init__(self, make: Callable[..., int], close: Callable[[Handle], None],
                 *arguments: Any) -> None:
        self.handle = Handle()
        check(make(*arguments, ctypes.byref(self.handle)))
        # Not when the interpreter ends: a thread may still be running it then.
        weakref.finalize(self, close, self.handle).atexit = False


# These take owners, not handles: whoever calls holds them until the object is made.


def engine_of(model: Owner, options: Any) -> Owner:
    return Owner(library.karnin_engine_open, library.karnin_engine_close, model.handle,
                 ctypes.byref(options))


class Session(Owner):
    """A session, and the arguments of its runs, which are made once: a run is short."""

    def __init__(self, engine: Owner, outputs: int) -> None:
        super().__init__(library.karnin_session_open, library.karnin_session_close, engine.handle)
        self.input = Buffer()
        self.outputs = (Buffer * outputs)()

    def run(self, image: Any, answers: Sequence[Any]) -> None:
        """From one contiguous array of float32 to others."""
        self.input.data, self.input.floats = image.ctypes.data, image.size
        for buffer, answer in zip(self.outputs, answers):
            buffer.data, buffer.floats = answer.ctypes.data, answer.size
        check(library.karnin_run(self.handle, self.input, 1, self.outputs, len(answers)))
