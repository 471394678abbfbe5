#include "runtime/graph/compact_model.h"

#include <gmock/gmock.h>

#include "runtime/core/error.h"

namespace karnin {
namespace {

/// (2 x 4) and its bias; two weights are kept, one of them 0.
Model small_model() {
  Model model = make_model(make_chain("small", {4, 1, 1}, {{"fc", FullyConnected{2}}}));
  Parameter& weights = model.parameters[0];
  weights.mask = {0, 0, 1, 0, 0, 1, 0, 0};
  weights.value.data()[5] = 3.0F;
  model.parameters[1].value.data()[1] = -1.0F;
  return model;
}

CompactModel compact(const Model& model) {
  CompactModel result{model, {}};
  for (const Parameter& parameter : model.parameters)
    result.parameters.push_back(compacted(parameter));
  return result;
}

TEST(CompactModel, KeepsWhatTheMaskKeeps) {
  const CompactModel model = compact(small_model());
  const auto& matrix = std::get<SparseMatrix>(model.parameters[0].weights);
  EXPECT_THAT(matrix.row_ptr, testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(matrix.col_idx, testing::ElementsAre(2, 1));
  EXPECT_THAT(matrix.values, testing::ElementsAre(0.0F, 3.0F));
  EXPECT_TRUE(std::holds_alternative<Tensor>(model.parameters[1].weights)) << "no mask";
}

TEST(CompactModel, ViewsOfBothKindsCountTheSame) {
  const Model dense = small_model();
  const CompactModel sparse = compact(dense);
  for (const NetworkView& view : {NetworkView(dense), NetworkView(sparse)}) {
    EXPECT_NO_THROW(validate(view));
    EXPECT_EQ(view.parameters[0].dims, (Dims{2, 4}));
    const ParameterCount count = count_parameters(view);
    EXPECT_EQ(count.all, 10);
    EXPECT_EQ(count.nonzero, 2);
  }
}

TEST(CompactModel, AViewThatDoesNotFitIsRefused) {
  CompactModel model = compact(small_model());
  std::swap(model.parameters[0], model.parameters[1]);
  EXPECT_THROW(validate(NetworkView(model)), ShapeError);
  model = compact(small_model());
  std::get<SparseMatrix>(model.parameters[0].weights).cols = 5;
  EXPECT_THROW(validate(NetworkView(model)), ShapeError);
  model = compact(small_model());
  model.parameters.pop_back();
  EXPECT_THROW(validate(NetworkView(model)), ShapeError);
  model = compact(small_model());
  model.preprocess.std.clear();
  EXPECT_THROW(validate(NetworkView(model)), ShapeError);
}

}  // namespace
}  // namespace karnin
