#include "runtime/self_test/self_test.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "tests/support/kernel_table_test.h"

namespace karnin::test {
namespace {

using kernels::Table;

using SelfTestTest = KernelTableTest;
INSTANTIATE_TEST_SUITE_P(Isas, SelfTestTest, testing::ValuesIn(isas_under_test()), isa_name);

/// References to all entries of a table. A new entry needs a name more here, or this doesn't
/// compile.
auto entries(Table& table) {
  auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, c0, c1, c2,
         c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9, e0, e1, e2] = table;
  return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9,
                  c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, d0, d1, d2, d3, d4, d5, d6, d7, d8, d9,
                  e0, e1, e2);
}
constexpr std::size_t kEntries = std::tuple_size_v<decltype(entries(std::declval<Table&>()))>;

/// Makes a result that is there wrong by 1; what a kernel only reads stays.
template <typename T>
void spoil(T& argument) {
  if constexpr (std::is_pointer_v<T>) {
    using Element = std::remove_pointer_t<T>;
    if constexpr (std::is_same_v<Element, kernels::TopGradient>)
      argument->value += 1;
    else if constexpr (!std::is_const_v<Element>)
      *argument += 1;
  }
}

template <typename T>
constexpr bool kIsResult = std::is_pointer_v<T> && !std::is_const_v<std::remove_pointer_t<T>>;

/// Kernels that differ from entry number I of a table.
template <std::size_t I, typename Kernel>
struct Wrong;

template <std::size_t I, typename R, typename... Args>
struct Wrong<I, R (*)(Args...) noexcept> {
  using Kernel = R (*)(Args...) noexcept;
  static inline Kernel original = nullptr;

  static R nothing(Args... /*args*/) noexcept { return R(); }
  static R half(Args... args) noexcept { return original(args...) / 2; }

  /// The first number of result number A, among the arguments, is wrong.
  template <std::size_t A>
  static R spoilt(Args... args) noexcept {
    original(args...);
    auto all = std::tie(args...);
    spoil(std::get<A>(all));
  }

  template <std::size_t... A>
  static std::vector<Kernel> all(std::index_sequence<A...> /*arguments*/) {
    std::vector<Kernel> kernels{&nothing};
    if constexpr (!std::is_void_v<R>)
      kernels.push_back(&half);
    else
      ((kIsResult<Args> ? kernels.push_back(&spoilt<A>) : void()), ...);
    return kernels;
  }
  static std::vector<Kernel> all() { return all(std::index_sequence_for<Args...>()); }
};

/// body(name, table) with every way in which entry number I is made wrong.
template <std::size_t I, typename Body>
void for_each_wrong_kernel(const Table& sound, const Body& body) {
  Table table = sound;
  auto& entry = std::get<I>(entries(table));
  using Kernel = std::remove_reference_t<decltype(entry)>;
  if constexpr (std::is_pointer_v<Kernel>) {
    Wrong<I, Kernel>::original = entry;
    for (const Kernel wrong : Wrong<I, Kernel>::all()) {
      entry = wrong;
      body(table);
    }
  } else {  // the number of lanes
    ++entry;
    body(table);
  }
}

std::string names_of_wrong(const std::vector<KernelVerdict>& verdicts) {
  std::string names;
  for (const KernelVerdict& verdict : verdicts)
    if (!verdict.right()) names += std::string(verdict.kernel) + ": " + verdict.error + "\n";
  return names;
}

TEST_P(SelfTestTest, FindsTheKernelsOfThisMachineRight) {
  EXPECT_EQ(names_of_wrong(check_kernels(table_)), "");
}

TEST_P(SelfTestTest, HasAVerdictOnEveryEntry) {
  std::set<std::string_view> names;
  for (const KernelVerdict& verdict : check_kernels(table_)) names.insert(verdict.kernel);
  EXPECT_EQ(names.size(), kEntries);
}

/// What has no verdict of its own when a result is spoilt: scratch, which nobody looks at.
constexpr std::pair<std::string_view, int> kScratch[] = {
    {"fc_sparse_lanes", 1}, {"conv_planes_forward", 1}, {"conv_planes_backward_data", 1}};

template <std::size_t... I>
void check_entries(const Table& sound, std::index_sequence<I...> /*entries*/) {
  const auto check = [&](auto entry) {
    int unnoticed = 0;
    std::string_view name;
    for_each_wrong_kernel<entry()>(sound, [&](const Table& table) {
      const auto verdicts = check_kernels(table);
      name = verdicts[entry()].kernel;
      unnoticed += verdicts[entry()].right() ? 1 : 0;
    });
    const auto scratch =
        std::ranges::find(kScratch, name, &std::pair<std::string_view, int>::first);
    EXPECT_EQ(unnoticed, scratch == std::end(kScratch) ? 0 : scratch->second) << name;
  };
  (check(std::integral_constant<std::size_t, I>()), ...);
}

TEST_P(SelfTestTest, NoticesWhicheverKernelIsWrong) {
  check_entries(table_, std::make_index_sequence<kEntries>());
}

/// The rows of a vector of AVX-512 as a library of vectors once returned them.
TEST_P(SelfTestTest, NoticesWeightsThatGetTheGradientsOfOthers) {
  static const Table* sound = nullptr;
  sound = &table_;
  Table table = table_;
  table.fc_lanes_backward_kept = [](const kernels::FcShape& s, const kernels::SparsePattern& kept,
                                    const float* src, const float* diff_dst, float* diff_weights,
                                    float* diff_bias) noexcept {
    sound->fc_lanes_backward_kept(s, kept, src, diff_dst, diff_weights, diff_bias);
    for (std::int64_t row = 0; row < s.oc; ++row)
      for (std::uint32_t i = kept.row_ptr[row]; i + 5 < kept.row_ptr[row + 1]; i += 16)
        for (const std::uint32_t k : {i + 2, i + 3})
          std::swap(diff_weights[row * s.ic + kept.col_idx[k]],
                    diff_weights[row * s.ic + kept.col_idx[k + 2]]);
  };
  EXPECT_THAT(names_of_wrong(check_kernels(table)),
              testing::StartsWith("fc_lanes_backward_kept: number "));
}

}  // namespace
}  // namespace karnin::test
