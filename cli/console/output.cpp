#include "cli/console/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "formats/io/file_descriptor.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

FileDescriptor take_stdout() {
  FileDescriptor own(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  dup2(STDERR_FILENO, STDOUT_FILENO);
  return own;
}

/// The stdout that this process was started with: there is one, and it is taken once.
const FileDescriptor& result_stream() {
  static const FileDescriptor stream = take_stdout();
  return stream;
}

}  // namespace

void claim_stdout() { result_stream(); }

void print(std::string_view text) {
  const std::string safe = printable(text);
  const int error =
      result_stream().write_all({reinterpret_cast<const std::uint8_t*>(safe.data()), safe.size()});
  if (error != 0)
    throw OutputError("stdout could not be written: " + std::generic_category().message(error));
}

void tell(std::string_view text) noexcept try {
  if (is_printable(text)) return draw(text);
  draw(printable(text));
} catch (const std::bad_alloc&) {
}

void draw(std::string_view text) noexcept { std::fwrite(text.data(), 1, text.size(), stderr); }

void print_json(const nlohmann::ordered_json& object) {
  print(std::string_view(
      object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"));
}

}  // namespace karnin::cli
