// What all verbs share: a place on the command line, --json, --threads, and a help text that ends
// with an example and the exit codes.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/console/exit_code.h"

namespace karnin::cli {

/// What the command line asked for; set while it is parsed, run afterwards.
using Action = std::function<ExitCode()>;

/// Base of every verb's options.
struct VerbOptions {
  bool json = false;
  int threads = 0;  ///< 0 on the command line: usable_cpus().threads()
};

struct VerbText {
  std::string name;
  std::string summary;  ///< one line
  std::string example;  ///< a command line without the program's name
  std::string details;  ///< below the options; may be empty
};

/// A verb on the command line, which knows when its options matter.
class Verb : public CLI::App {
 public:
  Verb(const VerbText& text, CLI::App& parent) : CLI::App(text.summary, text.name, &parent) {}

  /// Whoever gives one of `options` where `holds` says no is told to give `needed` too. What a
  /// recipe set was not given. `holds` is asked when all options have their values.
  void matter_if(std::vector<std::string> options, std::string needed, std::function<bool()> holds);

  /// Whether `option` was given this value, even if a later one replaced it: options that went with
  /// it may stay when others are appended to a command.
  bool was_given(const std::string& option, std::string_view value) const;

  /// Throws ArgumentError for an option that was given and cannot matter.
  void require_all_to_matter() const;

 private:
  struct Condition {
    std::vector<std::string> options;
    std::string needed;
    std::function<bool()> holds;
  };
  std::vector<Condition> conditions_;
};

/// A verb of `app` with the shared options.
Verb& add_verb(CLI::App& app, const VerbText& text, VerbOptions& options);

/// Puts a number in place of 0 threads.
void settle_threads(VerbOptions& options);

/// When `verb` is the one on the command line, `action` runs it on its options.
template <typename Options>
void select(Verb& verb, Action& action, std::shared_ptr<Options> options,
            ExitCode (*run)(const Options&)) {
  verb.callback([&verb, &action, options, run] {
    verb.require_all_to_matter();
    action = [options, run] {
      settle_threads(*options);
      return run(*options);
    };
  });
}

/// An option that takes the name of an enumerator; `parse` throws ArgumentError for any other.
template <typename Enum>
CLI::Option* add_choice(Verb& verb, const std::string& flag, Enum& value,
                        Enum (*parse)(std::string_view), std::string_view initial,
                        const std::string& names, const std::string& help) {
  return verb
      .add_option_function<std::string>(
          flag, [&value, parse](const std::string& name) { value = parse(name); }, help)
      ->type_name(names)
      ->default_str(std::string(initial));
}

}  // namespace karnin::cli
