#include "cli/output_files.h"

#include <fmt/core.h>

#include "cli/output.h"
#include "formats/io/atomic_file.h"

namespace karnin::cli {

void require_writable(const std::vector<std::filesystem::path>& files) {
  std::string names, reason;
  for (const std::filesystem::path& file : files) {
    const std::error_code obstacle = require_writable_file(file);
    if (!obstacle) continue;
    names += (names.empty() ? "" : ", ") + file.string();
    reason = obstacle.message();
  }
  if (!names.empty())
    tell(
        fmt::format("{}: can only be overwritten in place ({}); whatever ends the program in the "
                    "midst of that leaves half a file\n",
                    names, reason));
}

}  // namespace karnin::cli
