#include "runtime/program/placement.h"

#include <gmock/gmock.h>

#include <random>

namespace karnin {
namespace {

using testing::ElementsAre;

TEST(Placement, AChainGoesToAndFroBetweenTwoBuffers) {
  const std::vector<Lifetime> lives{{0, 1, 10}, {1, 2, 30}, {2, 3, 20}, {3, 4, 5}};
  const Placement placement = place(lives);
  EXPECT_THAT(placement.buffers, ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(placement.floats, ElementsAre(20, 30));
}

TEST(Placement, WhatIsWantedLaterHoldsItsBuffer) {
  // The first value is added to the third one.
  const std::vector<Lifetime> lives{{0, 3, 10}, {1, 2, 10}, {2, 3, 10}, {3, 4, 10}};
  EXPECT_THAT(place(lives).buffers, ElementsAre(0, 1, 2, 1));
}

TEST(Placement, OrderOfNamingDoesNotMatterButAmongEquals) {
  const std::vector<Lifetime> lives{{5, 6, 1}, {0, 1, 2}, {0, 4, 3}};
  EXPECT_THAT(place(lives).buffers, ElementsAre(0, 0, 1));
  EXPECT_TRUE(place({}).floats.empty());
}

TEST(Placement, NeverPutsTwoThingsInOnePlace) {
  std::mt19937 rng(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> lives(1 + rng() % 12);
    for (Lifetime& life : lives) {
      life.from = static_cast<int>(rng() % 20);
      life.to = life.from + static_cast<int>(rng() % 6);
      life.floats = rng() % 50;
    }
    const Placement placement = place(lives);
    for (std::size_t i = 0; i < lives.size(); ++i) {
      EXPECT_GE(placement.floats[placement.buffers[i]], lives[i].floats);
      for (std::size_t j = 0; j < i; ++j) {
        if (lives[i].from > lives[j].to || lives[j].from > lives[i].to) continue;
        EXPECT_NE(placement.buffers[i], placement.buffers[j]);
      }
    }
  }
}

}  // namespace
}  // namespace karnin
