#include "formats/data/fitting.h"

#include <gmock/gmock.h>

#include <numeric>

#include "formats/data/border.h"
#include "formats/data/class_names.h"
#include "runtime/core/error.h"
#include "tests/support/error_message.h"

namespace karnin {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// One image of 2 x 2 pixels in 2 channels.
ImageSet small_set() { return {{2, 2, 2}, {0, 1, 2, 3, 10, 11, 12, 13}, {0}}; }

TEST(Fitting, MakesVectorsOfImages) {
  ImageSet set = small_set();
  fit_extent(set, {8, 1, 1}, ArrayOrder::nchw);
  EXPECT_EQ(set.extent, (Extent{8, 1, 1}));
  EXPECT_EQ(set.pixels, small_set().pixels);
  set = small_set();
  fit_extent(set, {8, 1, 1}, ArrayOrder::nhwc);
  EXPECT_THAT(set.pixels, ElementsAre(0, 10, 1, 11, 2, 12, 3, 13));
}

TEST(Fitting, MakesImagesOfVectors) {
  for (const ArrayOrder flat : {ArrayOrder::nchw, ArrayOrder::nhwc}) {
    ImageSet set = small_set();
    fit_extent(set, {8, 1, 1}, flat);
    fit_extent(set, {2, 2, 2}, flat);
    EXPECT_EQ(set.extent, (Extent{2, 2, 2}));
    EXPECT_EQ(set.pixels, small_set().pixels);
  }
}

TEST(Fitting, MovesFloatsToo) {
  ImageSet set{{2, 1, 2}, {}, {0}, {1, 2, 3, 4}};
  fit_extent(set, {4, 1, 1}, ArrayOrder::nhwc);
  EXPECT_THAT(set.values, ElementsAre(1, 3, 2, 4));
}

TEST(Fitting, LeavesAloneWhatDoesNotFit) {
  for (const Extent& input : {Extent{2, 4, 1}, Extent{9, 1, 1}, Extent{1, 2, 4}}) {
    ImageSet set = small_set();
    fit_extent(set, input, ArrayOrder::nhwc);
    EXPECT_EQ(set.extent, (Extent{2, 2, 2})) << to_string(input);
    EXPECT_EQ(set.pixels, small_set().pixels);
  }
}

Dataset bordered() {
  Dataset dataset;
  for (ImageSet* set : {&dataset.train, &dataset.test}) {
    *set = {{1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}, {0}};
    add_border(*set, 2);
  }
  dataset.padding = 2;
  dataset.classes = {"a", "b"};
  return dataset;
}

TEST(Fitting, TakesTheBorderOffForAVector) {
  Dataset dataset = bordered();
  fit_to_network(dataset, {9, 1, 1}, 2, ArrayOrder::nchw);
  EXPECT_EQ(dataset.train.extent, (Extent{9, 1, 1}));
  EXPECT_THAT(dataset.test.pixels, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
  dataset = bordered();
  fit_to_network(dataset, {49, 1, 1}, 2, ArrayOrder::nchw);
  EXPECT_EQ(dataset.train.extent, (Extent{49, 1, 1})) << "the border is asked for";
}

TEST(Fitting, NumbersClassesOnThatHaveNoNames) {
  Dataset dataset = bordered();
  fit_to_network(dataset, {1, 3, 3}, 4, ArrayOrder::nchw);
  EXPECT_EQ(dataset.classes.size(), 2U);
  dataset.numbered = true;
  fit_to_network(dataset, {1, 3, 3}, 4, ArrayOrder::nchw);
  EXPECT_THAT(dataset.classes, ElementsAre("0", "1", "2", "3"));
}

Dataset named(const std::vector<std::string>& classes) {
  Dataset dataset;
  dataset.name = "pets";
  dataset.classes = classes;
  dataset.train.labels = {0, 1, 2, 1};
  dataset.test.labels = {2, 0};
  return dataset;
}

TEST(Fitting, LabelsFollowTheNamesOfTheNetworksClasses) {
  Dataset dataset = named({"ant", "bee", "cat"});
  fit_classes(dataset, {"cat", "dog", "bee", "ant"});
  EXPECT_THAT(dataset.classes, ElementsAre("cat", "dog", "bee", "ant"));
  EXPECT_THAT(dataset.train.labels, ElementsAre(3, 2, 0, 2));
  EXPECT_THAT(dataset.test.labels, ElementsAre(0, 3));
}

TEST(Fitting, ClassesThatOneSideOnlyNumbersStayInOrder) {
  for (const std::vector<std::string>& classes :
       {std::vector<std::string>{}, {"0", "1", "2"}, {"ant", "bee", "cat"}}) {
    Dataset dataset = named({"ant", "bee", "cat"});
    fit_classes(dataset, classes);
    EXPECT_THAT(dataset.classes, ElementsAre("ant", "bee", "cat"));
    EXPECT_THAT(dataset.train.labels, ElementsAre(0, 1, 2, 1));
  }
  Dataset numbers = named({"0", "1", "2"});
  numbers.numbered = true;
  fit_classes(numbers, {"ant", "bee", "cat"});
  EXPECT_THAT(numbers.classes, ElementsAre("0", "1", "2"));
}

/// Folders come in the order of letters: 0, 1, 10, 2.
TEST(Fitting, NumbersAreNamesTooWhereTheyAreTheSame) {
  Dataset dataset = named({"1", "10", "2"});
  fit_classes(dataset, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
  EXPECT_THAT(dataset.train.labels, ElementsAre(1, 10, 2, 10));
}

TEST(Fitting, RefusesANameThatTheNetworkLacks) {
  const auto refusal = [](const std::vector<std::string>& classes) {
    Dataset dataset = named({"ant", "bee", "cat"});
    return test::error_message<ArgumentError>([&] { fit_classes(dataset, classes); });
  };
  EXPECT_THAT(refusal({"ant", "wasp", "cat"}),
              HasSubstr("'pets': expected classes that the network "
                        "knows, as 'wasp', got 'bee'"));
  EXPECT_THAT(refusal({"cat", "ant"}), HasSubstr("got 'bee'"));
  std::vector<std::string> many = numbered_classes(300);
  many[256] = "ant";
  EXPECT_THAT(refusal(many), HasSubstr("among its first 256, got 'ant'"));
}

}  // namespace
}  // namespace karnin
