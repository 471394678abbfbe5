#include "api/library/failure.h"

#include <algorithm>
#include <new>
#include <string_view>

namespace karnin::api {
namespace {

thread_local Message message{};

karnin_status note(karnin_status status, std::string_view text) noexcept {
  const std::size_t length = std::min(text.size(), message.size() - 1);
  std::copy_n(text.data(), length, message.data());
  message[length] = '\0';
  return status;
}

}  // namespace

Message& last_message() noexcept { return message; }

karnin_status translate() noexcept {
  try {
    throw;
  } catch (const BusyError& error) {
    return note(KARNIN_BUSY, error.what());
  } catch (const ArgumentError& error) {
    return note(KARNIN_BAD_ARGUMENT, error.what());
  } catch (const ShapeError& error) {
    return note(KARNIN_BAD_SHAPE, error.what());
  } catch (const FileError& error) {
    return note(KARNIN_BAD_FILE, error.what());
  } catch (const OutputError& error) {
    return note(KARNIN_CANNOT_WRITE, error.what());
  } catch (const NonFiniteError& error) {
    return note(KARNIN_NOT_FINITE, error.what());
  } catch (const std::bad_alloc&) {
    return note(KARNIN_NO_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return note(KARNIN_INTERNAL, error.what());
  } catch (...) {
    return note(KARNIN_INTERNAL, "something was thrown that is no exception");
  }
}

}  // namespace karnin::api

const char* karnin_message() { return karnin::api::last_message().data(); }
