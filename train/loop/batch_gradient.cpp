#include "train/loop/batch_gradient.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <optional>

#include "runtime/core/finite.h"
#include "runtime/kernels/kernels.h"
#include "train/loop/data_order.h"
#include "train/loop/ghost_batch.h"

namespace karnin {
namespace {

std::vector<const float*> tensors_of(const Model& model) {
  std::vector<const float*> tensors;
  for (const Parameter& parameter : model.parameters) tensors.push_back(parameter.value.data());
  return tensors;
}

}  // namespace

struct BatchGradient::Station {
  Station(const Program& program, const Program* teacher_program, const Extent& input)
      : worker(program),
        labels(static_cast<std::size_t>(program.images())),
        plane(static_cast<std::size_t>(input.h * input.w)),
        scratch(static_cast<std::size_t>(2 * program.logits())) {
    if (teacher_program != nullptr) teacher.emplace(*teacher_program);
  }

  Program::Worker worker;
  std::optional<Program::Worker> teacher;
  std::vector<std::uint8_t> labels;
  std::vector<std::uint8_t> plane;  // of an image that is moved
  std::vector<double> scratch;      // of the loss
};

struct BatchGradient::SizedProgram {
  SizedProgram(const Model& model, const Objective& objective, std::int64_t images, int threads)
      : program(model.graph, options(images, Purpose::training, objective)),
        input(input_extent(model.graph)),
        stations(static_cast<std::size_t>(threads)) {
    if (objective.teacher == nullptr) return;
    teacher.emplace(objective.teacher->graph, options(images, Purpose::inference, objective));
    teacher->set_parameters(tensors_of(*objective.teacher));
  }

  static ProgramOptions options(std::int64_t images, Purpose purpose, const Objective& objective) {
    return {.images = images,
            .purpose = purpose,
            .logits = objective.loss.kind == LossKind::cross_entropy,
            .domain = domain_rule(images),
            .fc_kernel = {},
            .measures = objective.measures};
  }

  /// The calling thread's own; made by it, so that its pages lie near its core.
  Station& station() {
    std::unique_ptr<Station>& own = stations[static_cast<std::size_t>(Arena::worker())];
    if (!own) own = std::make_unique<Station>(program, teacher ? &*teacher : nullptr, input);
    return *own;
  }

  Program program;
  std::uint64_t skipped = 0;  // version of the masks that it skips; 0: none
  std::optional<Program> teacher;
  Extent input;
  std::vector<std::unique_ptr<Station>> stations;
};

BatchGradient::BatchGradient(const Model& model, const ImageSource& source,
                             const Objective& objective, Arena& arena)
    : model_(model),
      source_(source),
      objective_(objective),
      arena_(arena),
      ghost_batch_(objective.measures ? ghost_batch(model.graph) : 0) {}

BatchGradient::~BatchGradient() = default;

BatchGradient::SizedProgram& BatchGradient::program_for(std::int64_t images) {
  std::unique_ptr<SizedProgram>& sized = programs_[images];
  if (!sized) sized = std::make_unique<SizedProgram>(model_, objective_, images, arena_.threads());
  return *sized;
}

void BatchGradient::refresh_weights(SizedProgram& sized) {
  weights_.clear();
  for (const Parameter& parameter : model_.parameters) weights_.push_back(parameter.value.data());
  heed_masks(sized);
  sized.program.set_parameters(weights_);
}

void BatchGradient::heed_masks(SizedProgram& sized) const {
  const std::uint64_t version = skipped_ == nullptr ? 0 : skipped_->version();
  if (sized.skipped == version) return;
  std::vector<std::span<const std::uint8_t>> masks(model_.parameters.size());
  for (std::size_t p = 0; skipped_ != nullptr && p < masks.size(); ++p) masks[p] = skipped_->of(p);
  sized.program.hold_masks(masks);
  sized.skipped = version;
}

void BatchGradient::reserve_results(std::int64_t shards) {
  constexpr std::size_t kLineFloats = kCacheLine / sizeof(float);
  while (results_.size() < static_cast<std::size_t>(shards)) {
    std::vector<std::size_t> offsets;
    std::size_t floats = 0;
    for (const Parameter& parameter : model_.parameters) {
      offsets.push_back(floats);
      const auto size = static_cast<std::size_t>(parameter.value.size());
      floats += (size + kLineFloats - 1) / kLineFloats * kLineFloats;
    }
    ShardResult& result = results_.emplace_back();
    result.gradient.resize(floats);
    for (const std::size_t offset : offsets)
      result.parameters.push_back(result.gradient.data() + offset);
  }
}

Shard BatchGradient::shard_of(const Batch& batch, std::int64_t index) const {
  const auto images = static_cast<std::int64_t>(batch.images.size());
  return shard_at(images, shard_count(images, ghost_batch_), index, ghost_batch_);
}

BatchLoss BatchGradient::compute(const Batch& batch) {
  images_ = static_cast<std::int64_t>(batch.images.size());
  assert(images_ >= 1);
  shards_ = shard_count(images_, ghost_batch_);
  reserve_results(shards_);

  // The first shard is of the largest size, the last one of the smallest: there are no others.
  SizedProgram& large = program_for(shard_of(batch, 0).count);
  SizedProgram& small = program_for(shard_of(batch, shards_ - 1).count);
  refresh_weights(large);
  if (&small != &large) refresh_weights(small);

  arena_.for_each(shards_, [&](std::int64_t index) {
    const Shard shard = shard_of(batch, index);
    SizedProgram& sized = shard.count == large.program.images() ? large : small;
    run_shard(sized, batch, shard, results_[static_cast<std::size_t>(index)]);
  });

  BatchLoss loss;
  for (std::int64_t i = 0; i < shards_; ++i) {
    loss.sum += results_[static_cast<std::size_t>(i)].loss;
    loss.correct += results_[static_cast<std::size_t>(i)].correct;
  }
  return loss;
}

void BatchGradient::run_shard(SizedProgram& sized, const Batch& batch, const Shard& shard,
                              ShardResult& result) {
  Station& station = sized.station();
  Program::Worker& worker = station.worker;
  const ShardId id{source_.seed, batch.step, shard.first};
  load(batch, shard, station);
  worker.forward(id);
  const LossSum loss = loss_of(sized, station, 1.0 / static_cast<double>(batch.images.size()));
  result.loss = loss.loss;
  result.correct = loss.correct;
  worker.backward(id, result.parameters);
}

/// The teacher's logits for the images that the network got.
std::span<const float> BatchGradient::teach(SizedProgram& sized, Station& station) {
  const std::int64_t images = sized.program.images();
  std::copy_n(station.worker.input(), images * sized.input.size(), station.teacher->input());
  station.teacher->forward();
  return {station.teacher->logits(), static_cast<std::size_t>(images * sized.program.logits())};
}

LossSum BatchGradient::loss_of(SizedProgram& sized, Station& station, double scale) const {
  Program::Worker& worker = station.worker;
  const std::int64_t images = sized.program.images(), classes = sized.program.logits();
  LossSum sum;
  if (objective_.loss.is_plain()) {
    kernels::active().softmax_cross_entropy(images, classes, worker.logits(), station.labels.data(),
                                            static_cast<float>(scale), worker.diff_logits(),
                                            &sum.loss, &sum.correct);
    return sum;
  }
  const LossRows rows{classes, worker.logits(),
                      station.teacher ? teach(sized, station).data() : nullptr, station.labels};
  if (objective_.loss.kind == LossKind::mse)
    return squared_loss(objective_.loss, rows, scale, worker.diff_logits());
  return softmax_loss(objective_.loss, rows, scale, station.scratch, worker.diff_logits());
}

bool BatchGradient::has_finite_parameters(int node) const {
  const std::vector<ParameterSpec> specs = parameter_specs(model_.graph);
  return std::ranges::all_of(kRoles, [&](Role role) {
    const auto own = find_parameter(specs, node, role);
    return !own || are_finite(model_.parameters[*own].value.span());
  });
}

std::string BatchGradient::first_non_finite(const Batch& batch) {
  const std::int64_t shards =
      shard_count(static_cast<std::int64_t>(batch.images.size()), ghost_batch_);
  std::string where;
  const auto look_into = [&](const Shard& shard) {
    SizedProgram& sized = program_for(shard.count);
    refresh_weights(sized);
    Station& station = sized.station();
    load(batch, shard, station);
    for (std::size_t i = 0; where.empty() && i < sized.program.steps().size(); ++i) {
      const Step& step = sized.program.steps()[i];
      const std::string& layer = step.layer->name();
      // Weights first: a ReLU inside a layer turns NaN into 0.
      if (!has_finite_parameters(step.node))
        where = "the weights of " + layer;
      else if (!station.worker.forward_step(i, {source_.seed, batch.step, shard.first}))
        where = "the output of " + layer;
    }
    if (where.empty() && station.teacher && !are_finite(teach(sized, station)))
      where = "the output of the teacher";
  };
  arena_.for_each(1, [&](std::int64_t) {
    for (std::int64_t i = 0; where.empty() && i < shards; ++i) look_into(shard_of(batch, i));
  });
  return where.empty() ? "the loss" : where;
}

void BatchGradient::load(const Batch& batch, const Shard& shard, Station& station) const {
  const ImageSet& set = source_.images;
  float* dst = station.worker.input();
  for (std::int64_t i = 0; i < shard.count; ++i, dst += set.extent.size()) {
    const std::int64_t image = batch.images[static_cast<std::size_t>(shard.first + i)];
    load_image(set, image, model_.preprocess, source_.augmentation,
               augmentation_draw(source_.seed, batch.epoch, image), station.plane, dst);
    station.labels[static_cast<std::size_t>(i)] = set.labels[static_cast<std::size_t>(image)];
  }
}

std::int64_t BatchGradient::ghost_batches() const {
  return ghost_batch_ == 0 ? 0 : (images_ + ghost_batch_ - 1) / ghost_batch_;
}

void BatchGradient::sum(const ParameterRange& range, float* dst) const noexcept {
  std::array<const float*, kMaxShards> parts{};
  for (std::int64_t i = 0; i < shards_; ++i)
    parts[static_cast<std::size_t>(i)] =
        results_[static_cast<std::size_t>(i)].parameters[range.parameter] + range.offset;
  kernels::active().tree_sum(range.count, shards_, parts.data(), dst);
}

}  // namespace karnin
