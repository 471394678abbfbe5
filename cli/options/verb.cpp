#include "cli/options/verb.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "cli/console/usable_cpus.h"
#include "cli/options/number_option.h"
#include "runtime/core/parallel.h"

namespace karnin::cli {
namespace {

constexpr const char* kExitCodes =
    "Exit status:\n"
    "  0 done; 1 failed; 2 the command line is wrong; 3 an input file is missing or unsound;\n"
    "  4 the data set is not there; 5 the output could not be written; 130 interrupted";

}  // namespace

void Verb::matter_if(std::vector<std::string> options, std::string needed,
                     std::function<bool()> holds) {
  conditions_.push_back({std::move(options), std::move(needed), std::move(holds)});
}

bool Verb::was_given(const std::string& option, std::string_view value) const {
  return std::ranges::count(get_option(option)->results(), value) > 0;
}

void Verb::require_all_to_matter() const {
  for (const auto& [options, needed, holds] : conditions_)
    for (const std::string& option : options)
      if (count(option) > 0 && !holds())
        throw ArgumentError(
            fmt::format("{}: expected {} with it, or it would change nothing", option, needed));
}

Verb& add_verb(CLI::App& app, const VerbText& text, VerbOptions& options) {
  const auto added = std::make_shared<Verb>(text, app);
  app.add_subcommand(added);
  Verb& verb = *added;
  // An option given twice takes the later value, so that a recipe can be overridden behind it.
  verb.option_defaults()->always_capture_default()->take_last();
  verb.add_flag("--json", options.json, "Print one JSON object on stdout and nothing else there");
  add_number(verb, "--threads", options.threads, {0, kMaxThreads},
             "Threads to compute with; 0: as many as may run here at a time");
  const std::string details = text.details.empty() ? "" : text.details + "\n\n";
  verb.footer(details + "Example:\n  karnin-cpu " + text.example + "\n\n" + kExitCodes);
  return verb;
}

void settle_threads(VerbOptions& options) {
  if (options.threads == 0) options.threads = usable_cpus().threads();
}

}  // namespace karnin::cli
