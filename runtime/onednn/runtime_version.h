// Which oneDNN this process runs on.
#pragma once

#include <string>

namespace karnin::onednn {

/// "2.6.3": of the library that was loaded, which need not be the one that this was built with.
std::string runtime_version();

}  // namespace karnin::onednn
