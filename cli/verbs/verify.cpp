// karnin-cpu verify: whether a model file is sound, down to the last byte.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cli/console/output.h"
#include "cli/options/verb.h"
#include "cli/verbs/verbs.h"
#include "formats/io/printable.h"
#include "formats/model/model_file.h"
#include "formats/report/quantity.h"

namespace karnin::cli {
namespace {

struct VerifyVerb : VerbOptions {
  std::string file;
};

/// An unsound file is a FileError, which says what is wrong with which byte.
ExitCode verify(const VerifyVerb& verb) {
  const ParameterCount parameters = verify_model(verb.file);
  if (verb.json)
    print_json(nlohmann::ordered_json{{"file", verb.file},
                                      {"sound", true},
                                      {"parameters", parameters.all},
                                      {"nonzero", parameters.nonzero}});
  else
    print(fmt::format("{}: sound, {} parameters\n", printable_line(verb.file),
                      count(parameters.all)));
  return ExitCode::done;
}

}  // namespace

void add_verify(CLI::App& app, Action& action) {
  const auto options = std::make_shared<VerifyVerb>();
  Verb& verb = add_verb(
      app, {"verify", "Check that a model file is sound", "verify karnin-run/model.bin", ""},
      *options);
  verb.add_option("file", options->file, "A model file")->required();
  select(verb, action, options, verify);
}

}  // namespace karnin::cli
