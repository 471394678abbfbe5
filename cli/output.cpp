#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "runtime/core/error.h"

namespace karnin::cli {

void print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  // What was written before, by the parser's help, may have failed already.
  if (!written || std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    throw OutputError(std::string("stdout could not be written: ") + std::strerror(errno));
}

void tell(std::string_view text) noexcept { std::fwrite(text.data(), 1, text.size(), stderr); }

void print_json(const nlohmann::ordered_json& object) {
  print(std::string_view(
      object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"));
}

}  // namespace karnin::cli
