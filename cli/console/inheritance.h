// What a program inherits from whoever starts it, and cannot rely on.
#pragma once

namespace karnin::cli {

/// Before anything is opened: gives closed standard streams a descriptor on which what would have
/// failed still fails (else the next file gets their number, and messages end up in it), keeps
/// stdout for results (output.h), lets a write beyond a file size limit, or to a reader that has
/// gone, fail rather than end the program, has an error that escapes from a library's own thread
/// reported in one line, and says which settings of OpenMP are not followed.
void settle_inheritance();

}  // namespace karnin::cli
