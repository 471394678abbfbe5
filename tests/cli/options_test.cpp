// What options take, and when they matter: everything else is refused before any work.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/workspace.h"

namespace karnin {
namespace {

using test::kInput;
using test::kNoDataset;
using test::kUsage;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class Options : public test::WorkspaceTest {
 protected:
  /// One line that names the option first and says `text`.
  static void expect_refusal(Words words, const std::string& option, const std::string& text) {
    const test::ProcessResult result = workspace->run(words);
    EXPECT_EQ(result.status, kUsage) << testing::PrintToString(words) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, testing::StartsWith("karnin-cpu: " + option + ": "));
    EXPECT_THAT(result.err, HasSubstr("expected "));
    EXPECT_THAT(result.err, HasSubstr(text)) << testing::PrintToString(words);
  }

  /// All of a verb's options are in order: what is missing is the file, or the data set.
  static void expect_no_refusal(const Words& words) {
    const int status = workspace->run(words).status;
    EXPECT_EQ(status, words.front() == "train" ? kNoDataset : kInput)
        << testing::PrintToString(words);
  }
};

Words of(const std::string& verb, const Words& more) {
  Words words = verb == "train" ? Words{verb, "--data", "none"} : Words{verb, "--model", "none"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

Words bench(const Words& more) {
  Words words{"bench"};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

TEST_F(Options, TakeDecimalNumbersOfTheirRange) {
  const std::pair<const char*, Words> verbs[] = {
      {"train",
       {"--threads",
        "--epochs",
        "--batch",
        "--lr",
        "--step-epochs",
        "--step-factor",
        "--warmup",
        "--cycles",
        "--label-smoothing",
        "--teacher-share",
        "--temperature",
        "--momentum",
        "--weight-decay",
        "--shift",
        "--seed",
        "--average",
        "--validation",
        "--early-stop",
        "--sparsity",
        "--max-accuracy-drop",
        "--cooldown",
        "--prune-begin",
        "--prune-end",
        "--rounds",
        "--rewind",
        "--prunings-per-epoch",
        "--regrow-share",
        "--checkpoint-every"}},
      {"prune",
       {"--threshold", "--sparsity", "--fine-tune", "--score-images", "--entries", "--tune-values",
        "--max-accuracy-drop", "--seed"}},
      {"sweep", {"--thresholds", "--sparsities", "--fine-tune", "--score-images"}},
      {"eval", {"--batch", "--threads"}},
      {"reproduce", {"--seeds"}},
      {"bench", {"--seconds", "--batch", "--sparsity", "--fc"}}};
  for (const auto& [verb, options] : verbs)
    for (const std::string& option : options) {
      Words words = verb == std::string("bench") || verb == std::string("reproduce") ? Words{verb}
                                                                                     : of(verb, {});
      words.insert(words.end(), {option, "0x1"});
      expect_refusal(words, option, "'0");  // as the text goes; of 0x1 in --fc the first side
    }
}

TEST_F(Options, SayTheRangeAndWhatWasGiven) {
  const std::string most = "a whole number from 0 to 18446744073709551615, got ";
  for (const char* seed : {"-1", "18446744073709551616", "0x10", "1e3", "1_000", " 5", "5.0"})
    expect_refusal(of("train", {"--seed", seed}), "--seed", most + "'" + seed + "'\n");
  expect_refusal({"bench", "--seconds", "nan"}, "--seconds", "a number from 0 to 3600, got NaN\n");
  expect_refusal(of("train", {"--lr", "inf"}), "--lr", "a finite number above 0, got 'inf'\n");
  expect_refusal(of("prune", {"--sparsity", "1.01"}), "--sparsity", "from 0 to 1, got '1.01'\n");
  for (const char* seed : {"010", "08", "18446744073709551615"})
    expect_no_refusal(of("train", {"--seed", seed}));
}

TEST_F(Options, ShowShortDefaults) {
  const std::string help = workspace->run({"train", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("=0.001 "));
  EXPECT_THAT(help, HasSubstr("--momentum REAL in [0, 1)=0.9"));
}

TEST_F(Options, ThatCannotMatterAreRefused) {
  const std::tuple<const char*, Words, const char*> cases[] = {
      {"prune", {"--entries", "8"}, "--values codebook"},
      {"prune", {"--entries", "8", "--values", "int8"}, "--values codebook"},
      {"prune", {"--tune-values", "1", "--values", "int8"}, "--values codebook"},
      {"prune", {"--lr", "0.1"}, "--fine-tune"},
      {"prune", {"--nesterov"}, "--fine-tune"},
      {"prune", {"--augment", "flip", "--fine-tune", "0"}, "--fine-tune"},
      {"prune", {"--warmup", "0.1", "--fine-tune", "1"}, "--schedule one-cycle"},
      {"prune", {"--score-images", "10"}, "taylor or fisher"},
      {"prune", {"--images", "10", "--method", "taylor"}, "--calibrate or method obs or obd"},
      {"prune", {"--sign", "keep", "--method", "obs"}, "negative"},
      {"prune", {"--sign", "keep", "--method", "magnitude"}, "negative"},
      {"prune", {"--seed", "2"}, "--fine-tune"},
      {"prune", {"--seed", "2", "--tune-values", "0", "--values", "int8"}, "random, taylor"},
      {"prune", {"--normalise", "log", "--sparsity", "0.5"}, "--threshold"},
      {"prune", {"--normalise", "log", "--threshold", "0.5", "--method", "random"}, "random"},
      {"prune", {"--scope", "global", "--threshold", "0.5", "--method", "random"}, "random"},
      {"sweep", {"--batch", "8"}, "--fine-tune"},
      {"sweep", {"--score-images", "10", "--methods", "random,karnin"}, "taylor or fisher"},
      {"sweep", {"--sign", "keep", "--methods", "lamp,fisher,change"}, "negative"},
      {"sweep", {"--normalise", "minmax"}, "--thresholds"},
      {"sweep", {"--seed", "2", "--methods", "magnitude,karnin"}, "random, taylor"},
      {"train", {"--step-epochs", "2"}, "--schedule step"},
      {"train", {"--step-factor", "0.5", "--schedule", "one-cycle"}, "--schedule step"},
      {"train", {"--cycles", "2"}, "--schedule one-cycle"},
      {"train", {"--warmup", "0.1", "--recipe", "paper"}, "--schedule one-cycle"},
      {"train", {"--shift", "2", "--augment", "flip"}, "--augment shift"},
      {"train", {"--nesterov", "--momentum", "0"}, "--momentum"},
      {"train", {"--method", "lamp"}, "--sparsity or --max-accuracy-drop"},
      {"train", {"--layers", "fc1", "--recipe", "best"}, "--sparsity or --max-accuracy-drop"},
      {"train", {"--sign", "keep", "--sparsity", "0.5"}, "negative"},
      {"train", {"--rounds", "3", "--sparsity", "0.5"}, "--pace rounds"},
      {"train", {"--rewind", "0", "--sparsity", "0.5"}, "--pace rounds"},
      {"train", {"--prune-end", "0.5", "--sparsity", "0.5", "--pace", "rounds"}, "--pace gradual"},
      {"train",
       {"--prunings-per-epoch", "2", "--sparsity", "0.5", "--pace", "at-once"},
       "--pace gradual"},
      {"train",
       {"--regrow-share", "0.1", "--sparsity", "0.5", "--regrow", "feedback"},
       "--regrow gradient"},
      {"train", {"--early-stop", "2"}, "--validation"},
      {"train", {"--held-out-gradients", "--validation", "0"}, "--validation"},
      {"train",
       {"--label-smoothing", "0.1", "--teacher", "none", "--teacher-share", "1"},
       "--teacher-share"}};
  for (const auto& [verb, words, needed] : cases) expect_refusal(of(verb, words), words[0], needed);
}

TEST_F(Options, NothingIsNamedTwice) {
  const std::tuple<const char*, Words> cases[] = {
      {"prune", {"--layers", "fc1,fc1"}},       {"prune", {"--layers", "fc1", "fc2,fc1"}},
      {"train", {"--augment", "flip,flip"}},    {"sweep", {"--methods", "lamp,lamp"}},
      {"sweep", {"--thresholds", "0.5,0.50"}},  {"sweep", {"--sparsities", "0.5:0.5:2"}},
      {"bench", {"--sparsity", "0.5,0.7,0.5"}}, {"bench", {"--batch", "1,1"}}};
  for (const auto& [verb, words] : cases)
    expect_refusal(verb == std::string("bench") ? bench(words) : of(verb, words), words[0],
                   "different n");
  expect_refusal({"sweep", "--model", "a.bin,a.bin"}, "--model", "'a.bin' twice");
}

TEST_F(Options, AnEmptyValueIsRefusedByName) {
  const std::pair<const char*, Words> cases[] = {
      {"--out", {"prune", "--model", "none", "--out="}},
      {"--out", {"train", "--out=", "none"}},
      {"--model", {"eval", "--model="}},
      {"--model", {"bench", "--model", ""}},
      {"--data", {"train", "--data="}},
      {"--layers", {"train", "--sparsity", "0.5", "--layers="}},
      {"--seed", {"train", "--seed", "", "--json"}},
      {"word 2 of the command line", {"verify", ""}}};
  for (const auto& [name, words] : cases) expect_refusal(words, name, "a value, got none");
}

TEST_F(Options, ThatMatterByWhatElseIsGivenPass) {
  const std::pair<const char*, Words> cases[] = {
      {"prune", {"--entries", "8", "--values", "codebook"}},
      {"prune", {"--tune-values", "1", "--max-accuracy-drop", "1", "--lr", "0.1"}},
      {"prune", {"--tune-values", "0", "--threads", "1", "--json"}},
      {"prune", {"--seed", "2", "--fine-tune", "1"}},
      {"prune", {"--seed", "2", "--values", "codebook", "--tune-values", "1"}},
      {"prune", {"--seed", "2", "--max-accuracy-drop", "1"}},
      {"prune", {"--seed", "2", "--method", "random"}},
      {"prune", {"--seed", "2", "--method", "taylor"}},
      {"prune", {"--seed", "2", "--method", "magnitude", "--calibrate", "none"}},
      {"prune", {"--seed", "2", "--images", "10", "--method", "obd"}},
      {"prune", {"--fine-tune", "1", "--schedule", "one-cycle", "--warmup", "0.1"}},
      {"prune", {"--method", "fisher", "--score-images", "10"}},
      {"prune", {"--normalise", "log", "--sign", "keep", "--threshold", "0.5"}},
      {"sweep", {"--sign", "keep", "--methods", "magnitude,karnin"}},
      {"sweep", {"--sign", "keep", "--normalise", "log", "--thresholds", "0.5"}},
      {"sweep", {"--methods", "taylor,random", "--score-images", "10"}},
      {"sweep", {"--seed", "2"}},
      {"sweep", {"--seed", "2", "--methods", "lamp,fisher"}},
      {"sweep", {"--seed", "2", "--methods", "lamp", "--fine-tune", "1"}},
      {"train", {"--recipe", "best"}},
      {"train", {"--recipe", "best", "--warmup", "0.1", "--shift", "3"}},
      {"train", {"--warmup", "0.1", "--recipe", "best", "--nesterov=false", "--momentum", "0"}},
      // The later value counts, and what went with the earlier one may stay.
      {"train", {"--schedule", "step", "--step-epochs", "2", "--schedule", "constant"}},
      {"train",
       {"--sparsity", "0.5", "--pace", "at-once", "--regrow", "feedback", "--prune-end", "0.5"}},
      {"train",
       {"--sparsity", "0.5", "--pace", "at-once", "--prune-end", "0.5", "--validation", "0.1",
        "--early-stop", "2"}},
      {"train", {"--max-accuracy-drop", "1", "--validation", "0.1", "--method", "lamp"}}};
  for (const auto& [verb, words] : cases) expect_no_refusal(of(verb, words));
}

}  // namespace
}  // namespace karnin
