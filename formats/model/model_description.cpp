#include "formats/model/model_description.h"

#include <fmt/format.h>

#include "formats/model/architecture_schema.h"

namespace karnin {
namespace {

std::vector<float> read_numbers(const JsonView& json) {
  std::vector<float> values;
  for (const JsonView& element : json.elements()) values.push_back(element.number());
  return values;
}

std::string write_numbers(const std::vector<float>& values) {
  std::vector<std::string> texts;
  for (const float value : values) texts.push_back(json_number(value));
  return json_array(texts);
}

}  // namespace

std::string describe(const ModelDescription& model) {
  std::vector<std::string> classes;
  for (const std::string& name : model.classes) classes.push_back(json_string(name));
  return fmt::format(R"({{"architecture":{},"preprocess":{{"mean":{},"std":{}}},"classes":{}}})",
                     to_json(model.graph), write_numbers(model.preprocess.mean),
                     write_numbers(model.preprocess.std), json_array(classes));
}

ModelDescription description_from(std::string_view text, const std::string& where,
                                  std::uint64_t origin) {
  const Json parsed = parse_json(text, where, origin);
  const JsonView json(parsed, where);
  json.require_keys({"architecture", "preprocess", "classes"});
  ModelDescription model;
  model.graph = architecture_from(json["architecture"]);
  const JsonView preprocess = json["preprocess"];
  preprocess.require_keys({"mean", "std"});
  model.preprocess = {read_numbers(preprocess["mean"]), read_numbers(preprocess["std"])};
  for (const JsonView& name : json["classes"].elements()) model.classes.push_back(name.text());
  if (describe(model) != text)
    throw FileError(where, origin, "description: the JSON text is not in its canonical form");
  return model;
}

}  // namespace karnin
