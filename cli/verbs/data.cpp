// karnin-cpu data: which data sets are there, and getting one that is not.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cli/console/interrupt.h"
#include "cli/console/output.h"
#include "cli/console/progress.h"
#include "cli/options/verb.h"
#include "cli/verbs/dataset_listing.h"
#include "cli/verbs/environment.h"
#include "cli/verbs/verbs.h"
#include "formats/data/fetch.h"
#include "formats/report/quantity.h"

namespace karnin::cli {
namespace {

struct ListVerb : VerbOptions {};

struct FetchVerb : VerbOptions {
  std::string name;
};

ExitCode list(const ListVerb& verb) {
  const std::vector<DatasetListing> listings = list_datasets();
  if (verb.json)
    print_json(nlohmann::ordered_json{{"datasets", to_json(listings)}});
  else
    print(to_table(listings));
  return ExitCode::done;
}

ExitCode fetch_dataset(const FetchVerb& verb) {
  const DownloadSource source = cifar10_source(cifar10_mirror());
  std::filesystem::path directory;
  {
    const Interrupt interrupt;  // a kill would leave what has been fetched so far
    Progress progress;
    progress.line(0, "fetching " + source.url);
    directory = fetch(source, cache_directory(), [&](std::uint64_t received, std::uint64_t total) {
      if (interrupt.requested()) throw InterruptedError("interrupted: nothing is left behind");
      const double part = total == 0 ? 0.0 : static_cast<double>(received) / total;
      progress.update(part, [&] { return bytes(static_cast<std::int64_t>(received)); });
    });
  }
  if (verb.json)
    print_json(nlohmann::ordered_json{{"name", verb.name}, {"where", directory.string()}});
  else
    print(directory.string() + "\n");
  return ExitCode::done;
}

}  // namespace

void add_data(CLI::App& app, Action& action) {
  CLI::App& data = *app.add_subcommand("data", "List data sets, or fetch one");
  data.require_subcommand(1);
  const auto list_options = std::make_shared<ListVerb>();
  Verb& list_verb = add_verb(
      data, {"list", "Show which data sets are there, and where", "data list", ""}, *list_options);
  select(list_verb, action, list_options, list);
  const auto fetch_options = std::make_shared<FetchVerb>();
  Verb& fetch_verb = add_verb(data,
                              {"fetch", "Download a data set into the cache", "data fetch cifar10",
                               "KARNIN_CIFAR10_URL names a mirror."},
                              *fetch_options);
  fetch_verb.add_option("name", fetch_options->name, "Which one")
      ->required()
      ->check(CLI::IsMember({"cifar10"}));
  select(fetch_verb, action, fetch_options, fetch_dataset);
}

}  // namespace karnin::cli
