#include "tests/support/api_calls.h"

#include <karnin/karnin.h>

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace karnin::test {
namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

/// Objects of one kind, the NULL that is always among them, and those that are closed.
template <typename Object>
class Shelf {
 public:
  explicit Shelf(void (*closer)(Object*)) : close_(closer) {}
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  ~Shelf() {
    for (Object* object : open_) close_(object);
  }

  Object* pick(std::uint8_t byte) const {
    const std::size_t at = byte % (open_.size() + closed_.size() + 1);
    if (at < open_.size()) return open_[at];
    return at == open_.size() ? nullptr : closed_[at - open_.size() - 1];
  }
  void add(Object* object) {
    std::erase(closed_, object);  // the address lives again
    open_.push_back(object);
  }
  void close(std::uint8_t byte) {
    Object* const object = pick(byte);
    close_(object);
    if (std::erase(open_, object) > 0 && kKnowsClosed) closed_.push_back(object);
  }

 private:
#ifdef NDEBUG
  static constexpr bool kKnowsClosed = false;
#else
  static constexpr bool kKnowsClosed = true;
#endif
  void (*close_)(Object*);
  std::vector<Object*> open_, closed_;
};

class Caller {
 public:
  Caller(std::span<const std::uint8_t> bytes, const std::vector<std::uint8_t>& model)
      : bytes_(bytes), file_(model) {}

  int run() {
    while (!bytes_.empty()) call(next());
    return refused_;
  }

 private:
  std::uint8_t next() {
    if (bytes_.empty()) return 0;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }

  void call(std::uint8_t which) {
    switch (which % 10) {
      case 0:
        return load();
      case 1:
        return prune();
      case 2:
        return open_engine();
      case 3:
        return open_session();
      case 4:
      case 5:
        return run_session();
      case 6:
        return describe();
      case 7:
        return profile();
      case 8:
        return models_.close(next());
      default:
        return next() % 2 == 0 ? engines_.close(next()) : sessions_.close(next());
    }
  }

  void note(karnin_status status) {
    require(status >= KARNIN_OK && status < KARNIN_INTERNAL);
    require(status == KARNIN_OK || std::strlen(karnin_message()) > 0);
    refused_ += status == KARNIN_OK ? 0 : 1;
  }
  template <typename Object>
  void note(karnin_status status, Object* made, Shelf<Object>& shelf) {
    note(status);
    require((status == KARNIN_OK) == (made != nullptr));
    if (made != nullptr) shelf.add(made);
  }

  void load() {
    karnin_model* model = nullptr;
    std::vector<std::uint8_t> file = file_;
    if (const std::uint8_t damage = next(); damage % 4 == 0) file[next() % file.size()] ^= damage;
    const karnin_status status = karnin_load_memory(file.data(), file.size(), &model);
    note(status, model, models_);
  }

  void prune() {
    static constexpr const char* kMethods[] = {"magnitude", "random", "lamp", "obs",
                                               "obd",       "none",   nullptr};
    static constexpr float kNumbers[] = {0.5F, -2.0F, 1e30F, INFINITY};
    static constexpr const char* kLayers[] = {"fc1", "fc2", "", nullptr};
    struct Newer {
      karnin_prune_options known;
      std::uint64_t unknown = 0;
    } options{};
    const std::size_t size = next() % 8 == 0 ? sizeof(Newer) : sizeof(karnin_prune_options);
    options.unknown = next() % 2;
    std::vector<float> images(next() % 4 * 16 + next() / 200, 1.0F);
    for (float& value : images) value = kNumbers[next() / 80];
    options.known =
        karnin_prune_options{size,           kMethods[next() % 7],
                             next() / 200.0, next() % 3,
                             next(),         next() % 2 == 0 ? nullptr : &kLayers[next() % 4],
                             next() % 2U,    next() % 4 == 0 ? nullptr : images.data(),
                             images.size(),  next() % 4 - 1};
    karnin_model* pruned = nullptr;
    const karnin_model* model = models_.pick(next());
    const karnin_status status =
        karnin_prune(model, next() % 4 ? &options.known : nullptr, &pruned);
    note(status, pruned, models_);
  }

  void open_engine() {
    const karnin_engine_options options{sizeof(options) - (next() % 8 == 0 ? 8 : 0), next() % 5,
                                        next() % 4 - 2, next() % 32 == 0 ? 2 : 0};
    karnin_engine* engine = nullptr;
    const karnin_status status = karnin_engine_open(models_.pick(next()), &options, &engine);
    note(status, engine, engines_);
  }

  void open_session() {
    karnin_session* session = nullptr;
    const karnin_status status = karnin_session_open(engines_.pick(next()), &session);
    note(status, session, sessions_);
  }

  /// Buffers of their own size, so that whoever reads or writes beyond them is caught.
  void run_session() {
    static constexpr float kNumbers[] = {0.0F, 1.0F, -1e30F, INFINITY};
    const std::size_t images = next() % 4;
    std::vector<float> in(images * 16 + next() / 200, kNumbers[next() % 16 / 12 * (next() % 4)]);
    std::vector<float> out(images * 3 + next() / 200);
    const karnin_input input{next() % 16 == 0 ? nullptr : in.data(), in.size()};
    const karnin_output output{next() % 16 == 0 ? in.data() : out.data(), out.size()};
    karnin_session* const session = sessions_.pick(next());
    const karnin_status status = karnin_run(session, next() % 16 ? &input : nullptr, 1,
                                            next() % 16 ? &output : nullptr, next() / 16 ? 1 : 2);
    note(status);
    for (const float value : out) require(status != KARNIN_OK || std::isfinite(value));
  }

  void describe() {
    karnin_value value{};
    const karnin_model* const model = models_.pick(next());
    note(karnin_input_at(model, next() % 2, &value));
    note(karnin_output_at(model, next() % 2, next() % 4 ? &value : nullptr));
    require(value.name == nullptr || std::strlen(value.name) > 0);
    std::int64_t all = 0, nonzero = 0;
    note(karnin_parameters(model, &all, &nonzero));
    require(nonzero <= all);
  }

  void profile() {
    karnin_session* const session = sessions_.pick(next());
    note(karnin_time_layers(session, next() % 3));
    const karnin_layer* layers = nullptr;
    std::size_t count = 0;
    note(karnin_profile(session, &layers, next() % 8 ? &count : nullptr));
    for (std::size_t i = 0; i < count; ++i) require(std::strlen(layers[i].name) > 0);
  }

  std::span<const std::uint8_t> bytes_;
  const std::vector<std::uint8_t>& file_;
  Shelf<karnin_model> models_{karnin_model_close};
  Shelf<karnin_engine> engines_{karnin_engine_close};
  Shelf<karnin_session> sessions_{karnin_session_close};
  int refused_ = 0;
};

}  // namespace

int call_at_random(std::span<const std::uint8_t> bytes, const std::vector<std::uint8_t>& model) {
  return Caller(bytes, model).run();
}

}  // namespace karnin::test
