// karnin-cpu: one program, the verb first.
#include <fmt/core.h>

#include <new>
#include <span>
#include <sstream>

#include "cli/console/exit_code.h"
#include "cli/console/inheritance.h"
#include "cli/console/output.h"
#include "cli/verbs/environment.h"
#include "cli/verbs/verbs.h"
#include "formats/io/printable.h"
#include "runtime/core/error.h"

namespace karnin::cli {
namespace {

ExitCode report(const std::exception& error) {
  const bool no_memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  tell(std::string("karnin-cpu: ") + (no_memory ? "out of memory" : printable_line(error.what())) +
       "\n");
  return exit_code_of(error);
}

/// --help and --version come here too: CLI11 unwinds for them.
ExitCode report_parse(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) {
    std::ostringstream text;
    app.exit(error, text, text);
    print(text.str());
    return ExitCode::done;
  }
  // CLI11 misses the verb before it looks at the word that stands in its place.
  const bool unknown_verb = app.get_subcommands().empty() && !app.remaining().empty();
  const std::string problem =
      unknown_verb ? "unknown verb '" + app.remaining().front() + "'" : error.what();
  std::string command = "karnin-cpu";
  for (const CLI::App* verb : app.get_subcommands()) command += " " + verb->get_name();
  tell(fmt::format("karnin-cpu: {} (see '{} --help')\n", printable_line(problem), command));
  return ExitCode::usage;
}

/// CLI11 takes an empty word for 0, or for an option that was not given, and behind --out= the next
/// word: the unset variable of a script would go unnoticed.
void refuse_empty_words(std::span<char* const> words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view word = words[i], before = words[i - 1];
    const bool ends_empty = word.starts_with("--") && word.find('=') == word.size() - 1;
    if (!word.empty() && !ends_empty) continue;
    const std::string_view option = ends_empty ? word.substr(0, word.size() - 1) : before;
    const std::string place = fmt::format("word {} of the command line", i);
    throw ArgumentError(option.starts_with("--")
                            ? fmt::format("{}: expected a value, got none ({})", option, place)
                            : fmt::format("{}: expected a value, got none", place));
  }
}

ExitCode run(int argc, char** argv) {
  refuse_empty_words({argv, static_cast<std::size_t>(argc)});
  CLI::App app{
      "Trains small convolutional networks, prunes the weights that don't matter, and runs "
      "what is left."};
  app.name("karnin-cpu");
  app.set_version_flag("--version", std::string("karnin-cpu ") + KARNIN_VERSION);
  app.require_subcommand(1);
  app.get_formatter()->label("SUBCOMMAND", "VERB");
  app.get_formatter()->label("Subcommands", "Verbs");
  app.footer("karnin-cpu VERB --help tells more. Start with: karnin-cpu train");
  Action action;
  for (const auto add :
       {add_train, add_prune, add_eval, add_predict, add_sweep, add_reproduce, add_bench,
        add_import, add_export, add_inspect, add_verify, add_doctor, add_data})
    add(app, action);
  try {
    app.parse(argc, argv);
    use_isa_of_environment();
    pinned_kernel();  // a name that is wrong should not cost a training first
    return action();
  } catch (const CLI::ParseError& error) {
    return report_parse(app, error);
  }
}

ExitCode run_and_report(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return report(error);
  }
}

}  // namespace
}  // namespace karnin::cli

int main(int argc, char** argv) {
  karnin::cli::settle_inheritance();
  return static_cast<int>(karnin::cli::run_and_report(argc, argv));
}
