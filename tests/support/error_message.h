// What an exception says, for tests that check the words and not only the type.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace karnin::test {

/// Runs the action, which must throw an Exception, and returns its message.
template <typename Exception>
std::string error_message(const auto& action) {
  try {
    action();
  } catch (const Exception& error) {
    return error.what();
  }
  ADD_FAILURE() << "expected an exception, got none";
  return "";
}

}  // namespace karnin::test
