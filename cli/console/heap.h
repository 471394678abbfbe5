// What the process does with memory that it has no more use for.
#pragma once

namespace karnin::cli {

/// From now on blocks of a megabyte or more go back to the system when they are freed. For verbs in
/// which a network goes through several forms, each as large as all of it: what one of them had
/// would be kept otherwise, for blocks that don't fit into it. Others are faster without.
void give_large_blocks_back();

}  // namespace karnin::cli
