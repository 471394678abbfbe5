// karnin-cpu doctor: what this machine offers.
#include <fmt/core.h>
#include <oneapi/tbb/version.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/console/machine.h"
#include "cli/console/output.h"
#include "cli/console/table.h"
#include "cli/options/verb.h"
#include "cli/verbs/dataset_listing.h"
#include "cli/verbs/environment.h"
#include "cli/verbs/self_test_report.h"
#include "cli/verbs/verbs.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/kernels/kernels.h"
#include "runtime/onednn/runtime_version.h"

namespace karnin::cli {
namespace {

using Json = nlohmann::ordered_json;

struct DoctorVerb : VerbOptions {
  bool self_test = false;
};

Json versions() {
  return {{"oneDNN", onednn::runtime_version()},
          {"oneTBB", TBB_runtime_version()},
          {"xsimd", KARNIN_XSIMD_VERSION}};
}

/// A string as it is, a list with commas.
std::string plain(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string text;
  for (const Json& item : value) text += (text.empty() ? "" : ", ") + plain(item);
  return text;
}

/// "supported_isas" -> "supported isas"
std::string label(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return key;
}

/// threads: 2 (of 64 CPUs: cgroup quota of 1.5 CPUs)
Json readable(Json machine) {
  machine["threads"] = fmt::format("{} (of {} CPUs: {})", plain(machine["threads"]),
                                   plain(machine["cpus"]), plain(machine["threads_from"]));
  for (const char* told : {"threads_from", "cpus", "allowed_cpus", "cpu_quota"})
    machine.erase(told);
  if (machine["refused_bindings"].empty()) machine.erase("refused_bindings");
  return machine;
}

std::string describe(const Json& report, const std::vector<DatasetListing>& datasets) {
  Table table("ll");
  table.add({"karnin-cpu", KARNIN_VERSION});
  for (const Json& part : {readable(report["machine"]), report["versions"]})
    for (const auto& [key, value] : part.items()) table.add({label(key), plain(value)});
  table.add({"cache", report["cache"].get<std::string>()});
  return table.str() + "\n" + to_table(datasets);
}

ExitCode doctor(const DoctorVerb& verb) {
  const std::vector<DatasetListing> datasets = list_datasets();
  std::vector<KernelVerdict> verdicts;
  if (verb.self_test) verdicts = check_kernels(kernels::active());
  Json report{{"version", KARNIN_VERSION},
              {"machine", machine_json(verb.threads)},
              {"versions", versions()},
              {"cache", cache_directory().string()},
              {"datasets", to_json(datasets)}};
  if (verb.self_test) report["self_test"] = to_json(active_isa(), verdicts);
  if (verb.json)
    print_json(report);
  else
    print(describe(report, datasets) +
          (verb.self_test ? "\n" + to_table(active_isa(), verdicts) : ""));
  expect_right(active_isa(), verdicts);
  return ExitCode::done;
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  const auto options = std::make_shared<DoctorVerb>();
  Verb& verb = add_verb(
      app,
      {"doctor", "Show what this machine offers: CPU, libraries, data sets", "doctor --self-test",
       "Exit status 1 if --self-test finds a kernel that is wrong on this machine."},
      *options);
  verb.add_flag("--self-test", options->self_test,
                "Compare every kernel of the level in use with the scalar one, in a second");
  select(verb, action, options, doctor);
}

}  // namespace karnin::cli
