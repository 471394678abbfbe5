#include "formats/data/download.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <exception>
#include <memory>
#include <span>
#include <system_error>

#include "formats/data/digest.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

constexpr long kConnectSeconds = 30;
constexpr long kStallSeconds = 60;  // slower than kStallBytes a second for so long: given up
constexpr long kStallBytes = 1000;
constexpr long kMaxRedirects = 5;

/// What the callbacks of one download share. libcurl is C: an exception must not cross it, so it
/// waits in `error` until curl_easy_perform() has returned.
struct Transfer {
  Transfer(std::uint64_t bytes, const FileDescriptor& destination, const Progress& observer)
      : expected(bytes), file(destination), progress(observer) {}

  std::uint64_t expected;
  const FileDescriptor& file;
  const Progress& progress;
  Digest md5{Digest::Algorithm::md5};
  std::uint64_t received = 0;
  std::exception_ptr error;

  void accept(std::span<const std::uint8_t> bytes) {
    received += bytes.size();
    if (received > expected)
      throw DatasetMissingError(
          fmt::format("expected {} bytes, got at least {}", expected, received));
    md5.update(bytes);
    if (const int code = file.write_all(bytes); code != 0)
      throw OutputError("cannot write the download: " + std::generic_category().message(code));
  }
};

std::size_t on_bytes(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    transfer.accept({reinterpret_cast<const std::uint8_t*>(data), size * count});
    return size * count;
  } catch (...) {
    transfer.error = std::current_exception();
    return 0;
  }
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  try {
    transfer.progress(transfer.received, transfer.expected);
    return 0;
  } catch (...) {
    transfer.error = std::current_exception();
    return 1;
  }
}

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using ErrorBuffer = std::array<char, CURL_ERROR_SIZE>;

void set_limits(CURL* curl) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https,file");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMaxRedirects);
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kStallBytes);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
}

void set_callbacks(CURL* curl, Transfer& transfer) {
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  if (!transfer.progress) return;
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
}

/// "" or why the transfer failed.
std::string perform(const std::string& url, Transfer& transfer) {
  const Curl curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) return "libcurl does not start";
  ErrorBuffer message{};
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, message.data());
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  set_limits(curl.get());
  set_callbacks(curl.get(), transfer);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code == CURLE_OK) return "";
  return message[0] != '\0' ? message.data() : curl_easy_strerror(code);
}

}  // namespace

std::string download(const std::string& url, std::uint64_t bytes, const FileDescriptor& file,
                     const Progress& progress) {
  Transfer transfer(bytes, file, progress);
  std::string problem = perform(url, transfer);
  try {
    if (transfer.error) std::rethrow_exception(transfer.error);
  } catch (const DatasetMissingError& error) {
    problem = error.what();
  }
  if (problem.empty() && transfer.received != bytes)
    problem = fmt::format("expected {} bytes, got {}", bytes, transfer.received);
  if (!problem.empty())
    throw DatasetMissingError(fmt::format("cannot download {}: {}", url, problem));
  return transfer.md5.finish();
}

}  // namespace karnin
