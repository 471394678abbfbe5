// stdout carries data and nothing else. Whatever a verb says there goes through here, so that a
// full disk behind a redirection is noticed, and what a library says is kept out. Text may come
// from files: what could steer a terminal is escaped here (formats/io/printable.h), in JSON too,
// where that changes nothing.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace karnin::cli {

/// From here on stdout belongs to print() alone: what a library writes there (oneDNN's verbose mode
/// does) arrives on stderr. Before anything else is written.
void claim_stdout();

/// Writes all of it. Throws OutputError when stdout does not take it.
void print(std::string_view text);

/// Messages and progress, on stderr. Never fails: a terminal that has gone must not end a training.
void tell(std::string_view text) noexcept;

/// The same as it is, for sequences that move the cursor: nothing from outside may be in it.
void draw(std::string_view text) noexcept;

/// The object, indented, and a line feed. Bytes that are not UTF-8 (of a path) are replaced.
void print_json(const nlohmann::ordered_json& object);

}  // namespace karnin::cli
