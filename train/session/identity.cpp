#include "train/session/identity.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "formats/data/digest.h"
#include "runtime/core/cpu_isa.h"
#include "runtime/core/error.h"

namespace karnin {
namespace {

using Json = nlohmann::ordered_json;

bool decides_only_last_bits(const std::string& key) { return key == "version" || key == "isa"; }

/// Names of files, and the digests that say what these are.
constexpr std::pair<std::string_view, const char*> kDigests[] = {{"data", "training_images_sha256"},
                                                                 {"arch", "architecture_sha256"},
                                                                 {"model", "model_sha256"},
                                                                 {"teacher", "teacher_sha256"}};

/// Whether the key is how something was spelled that is the same in both.
bool is_only_a_name(const std::string& key, const Json& saved, const Json& identity) {
  const auto found = std::ranges::find(kDigests, key, [](const auto& pair) { return pair.first; });
  return found != std::end(kDigests) && saved.contains(found->second) &&
         identity.contains(found->second) && saved[found->second] == identity[found->second];
}

std::string value_of(const Json& object, const std::string& key) {
  return object.contains(key) ? text_of(object[key]) : "not given";
}

std::span<const std::uint8_t> bytes_of(std::span<const float> values) {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}

}  // namespace

std::string images_sha256(const ImageSet& images) {
  Digest digest(Digest::Algorithm::sha256);
  digest.update(images.pixels);
  digest.update(bytes_of(images.values));
  digest.update(images.labels);
  return digest.finish();
}

Json run_identity(const Dataset& dataset) {
  return {{"version", KARNIN_VERSION},
          {"isa", to_string(active_isa())},
          {"data", dataset.name},
          {"note", dataset.note},
          {"training_images", dataset.train.size()},
          {"training_images_sha256", images_sha256(dataset.train)}};
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string differences(const std::string& run, const Json& identity, const Watcher& watcher) {
  Json saved = Json::parse(run, nullptr, false);
  if (!saved.is_object()) saved = Json::object();
  Json both = saved;
  both.update(identity);
  std::string differences;
  for (const auto& [key, ignored] : both.items()) {
    const std::string then = value_of(saved, key), now = value_of(identity, key);
    if (then == now || is_only_a_name(key, saved, identity)) continue;
    const std::string difference = fmt::format("{} was {}, is {}", key, then, now);
    if (decides_only_last_bits(key))
      watcher.tell("the last bits of the weights may change: " + difference);
    else
      differences += (differences.empty() ? "" : "; ") + difference;
  }
  return differences;
}

void require_same_run(const std::string& run, const Json& identity, const Watcher& watcher) {
  if (const std::string other = differences(run, identity, watcher); !other.empty())
    throw ArgumentError(
        fmt::format("--resume: what is there is of another run: {} ({})", other, kWaysOut));
}

}  // namespace karnin
