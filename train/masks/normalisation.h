// From raw scores, heavy-tailed and of either sign, to [0, 1], where one threshold fits all layers.
#pragma once

#include <string_view>
#include <vector>

namespace karnin {

enum class Normalisation { minmax, rank, log };
enum class SignRule { keep, absolute, clamp };  ///< what becomes of a negative score first

std::string_view to_string(Normalisation normalisation);         ///< "minmax", "rank", "log"
Normalisation normalisation_from_string(std::string_view name);  ///< throws ArgumentError
std::string_view to_string(SignRule rule);                       ///< "keep", "absolute", "clamp"
SignRule sign_rule_from_string(std::string_view name);           ///< throws ArgumentError

/// Applies the sign rule, then maps finite scores to [0, 1]; no mapping changes their order.
///   minmax  (S - min S) / (max S - min S), the paper's. With heavy tails the two extremes alone
///           say where all others land, and on which side of a threshold. Where all are equal
///           nothing speaks against any of them: all become 1.
///   rank    position among the n sorted scores over n, so that a threshold t removes the share t;
///           scores that the sign rule made equal rank by what they were, equal ones by position.
///   log     minmax of sign(S) log(1 + |S| / m), with m the median of |S| over all S != 0: a
///           heavy tail no longer presses all others together.
void normalise(std::vector<double>& scores, Normalisation normalisation, SignRule sign);

}  // namespace karnin
