#include "dirwatch/set_plan.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "dirwatch/byte_frequency.h"
#include "dirwatch/byte_search.h"

namespace dirwatcher {
namespace {

constexpr size_t kWindow = SetPlan::kWindow;

// Windows are taken from the beginning of a literal: the farther they are from
// there, the farther must be looked beyond an occurrence for one that begins
// earlier.
constexpr size_t kMaxOffset = 31;

// From so many literals on a second table pays: looking there takes less time
// than the places that the first one lets pass.
constexpr size_t kManyLiterals = 24;

// So many groups at most are tried in all pairs.
constexpr size_t kMaxGroups = 64;

// Where the window of `literal` begins.
size_t RarestWindow(const FoldedLiteral& literal) {
  const size_t size = literal.bytes.size();
  const size_t last = std::min(size - std::min(size, kWindow), kMaxOffset);
  size_t best = 0;
  int best_rank = std::numeric_limits<int>::max();
  for (size_t offset = 0; offset <= last; ++offset) {
    int rank = 0;
    for (size_t at = offset; at < std::min(offset + kWindow, size); ++at) {
      rank += RankAt(literal, at);
    }
    if (rank < best_rank) {
      best_rank = rank;
      best = offset;
    }
  }
  return best;
}

// Which bytes a bucket lets pass: sets of halves of bytes.
struct Bucket {
  std::array<uint16_t, kWindow> low = {};
  std::array<uint16_t, kWindow> high = {};
};

Bucket Union(const Bucket& a, const Bucket& b) {
  Bucket both;
  for (size_t i = 0; i < kWindow; ++i) {
    both.low[i] = a.low[i] | b.low[i];
    both.high[i] = a.high[i] | b.high[i];
  }
  return both;
}

Bucket BucketOf(const FoldedLiteral& literal, size_t offset) {
  Bucket bucket;
  for (size_t i = 0; i < kWindow; ++i) {
    if (offset + i >= literal.bytes.size()) {
      bucket.low[i] = bucket.high[i] = 0xFFFF;
      continue;
    }
    const auto lower = static_cast<uint8_t>(literal.bytes[offset + i]);
    const auto upper = static_cast<uint8_t>(lower & ~literal.fold[offset + i]);
    for (const uint8_t byte : {lower, upper}) {
      bucket.low[i] |= static_cast<uint16_t>(1u << (byte & 15));
      bucket.high[i] |= static_cast<uint16_t>(1u << (byte >> 4));
    }
  }
  return bucket;
}

// How often a bucket lets a place pass, as far as the ranks of bytes tell: a
// byte is taken to be twice as common as the one 16 ranks below.
double Cost(const Bucket& bucket) {
  static const std::array<double, 256>* const kShares = [] {
    auto* const shares = new std::array<double, 256>;
    double sum = 0;
    for (int byte = 0; byte < 256; ++byte) {
      (*shares)[byte] =
          std::exp2(ByteFrequencyRank(static_cast<uint8_t>(byte)) / 16.0);
      sum += (*shares)[byte];
    }
    for (double& share : *shares) share /= sum;
    return shares;
  }();
  double cost = 1;
  for (size_t i = 0; i < kWindow; ++i) {
    double passes = 0;
    for (uint32_t high = 0; high < 16; ++high) {
      if ((bucket.high[i] >> high & 1) == 0) continue;
      for (uint32_t low = 0; low < 16; ++low) {
        if ((bucket.low[i] >> low & 1) != 0) {
          passes += (*kShares)[high * 16 + low];
        }
      }
    }
    cost *= passes;
  }
  return cost;
}

// Merges two of the `buckets` again and again, those where it costs least,
// until there are `count`.
std::vector<Bucket> Merge(std::vector<Bucket> buckets, size_t count) {
  if (buckets.size() <= count) return buckets;
  std::vector<double> costs;
  for (const Bucket& bucket : buckets) costs.push_back(Cost(bucket));
  // What merging a and b adds, at a * n + b for a < b.
  const size_t n = buckets.size();
  std::vector<double> added(n * n);
  std::vector<bool> gone(n);
  const auto weigh = [&](size_t a, size_t b) {
    added[std::min(a, b) * n + std::max(a, b)] =
        Cost(Union(buckets[a], buckets[b])) - costs[a] - costs[b];
  };
  for (size_t a = 0; a < n; ++a) {
    for (size_t b = a + 1; b < n; ++b) weigh(a, b);
  }
  for (size_t left = n; left > count; --left) {
    double least = std::numeric_limits<double>::infinity();
    size_t into = 0;
    size_t from = 0;
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = a + 1; !gone[a] && b < n; ++b) {
        if (!gone[b] && added[a * n + b] < least) {
          least = added[a * n + b];
          into = a;
          from = b;
        }
      }
    }
    buckets[into] = Union(buckets[into], buckets[from]);
    costs[into] = Cost(buckets[into]);
    gone[from] = true;
    for (size_t other = 0; other < n; ++other) {
      if (!gone[other] && other != into) weigh(into, other);
    }
  }
  std::vector<Bucket> kept;
  for (size_t i = 0; i < n; ++i) {
    if (!gone[i]) kept.push_back(buckets[i]);
  }
  return kept;
}

// Takes a window from each of the literals and adds what it lets pass to
// `buckets`.
void AddWindows(SetPlan* plan, std::vector<Bucket>* buckets) {
  const bool folds =
      std::any_of(plan->literals.begin(), plan->literals.end(),
                  [](const FoldedLiteral& literal) { return literal.folds; });
  plan->fold = folds ? 0x20202020 : 0;
  plan->min_offset = kMaxOffset;
  plan->max_offset = 0;
  plan->min_rest = std::numeric_limits<size_t>::max();
  for (uint32_t i = 0; i < plan->literals.size(); ++i) {
    const FoldedLiteral& literal = plan->literals[i];
    const size_t offset = RarestWindow(literal);
    const size_t rest = literal.bytes.size() - offset;
    plan->min_offset = std::min(plan->min_offset, offset);
    plan->max_offset = std::max(plan->max_offset, offset);
    plan->min_rest = std::min(plan->min_rest, rest);
    buckets->push_back(BucketOf(literal, offset));

    const size_t size = std::min(rest, kWindow);
    uint32_t mask = 0;
    memset(&mask, 0xFF, size);
    uint32_t key = 0;
    memcpy(&key, literal.bytes.data() + offset, size);
    key = (key | plan->fold) & mask;
    plan->windows.push_back({key, static_cast<uint32_t>(offset), i});
    if (std::count(plan->masks.begin(), plan->masks.end(), mask) == 0) {
      plan->masks.push_back(mask);
    }
  }
}

// Puts the windows into the hash table.
void FillSlots(SetPlan* plan) {
  // Most slots stay empty, so that most places that are no window are told at a
  // glance.
  constexpr size_t kSlotsPerWindow = 8;
  uint32_t bits = 1;
  while (bits < 24 &&
         size_t{1} << bits < kSlotsPerWindow * plan->windows.size()) {
    ++bits;
  }
  plan->slot_shift = 32 - bits;
  const auto by_slot = [plan](const SetPlan::Window& a,
                              const SetPlan::Window& b) {
    return plan->SlotOf(a.key) < plan->SlotOf(b.key);
  };
  std::sort(plan->windows.begin(), plan->windows.end(), by_slot);
  plan->slots.assign((size_t{1} << bits) + 1, 0);
  for (const SetPlan::Window& window : plan->windows) {
    ++plan->slots[plan->SlotOf(window.key) + 1];
  }
  std::partial_sum(plan->slots.begin(), plan->slots.end(), plan->slots.begin());
}

// At most `count` buckets that let pass what those do.
std::vector<Bucket> Share(std::vector<Bucket> buckets, size_t count) {
  const size_t n = buckets.size();
  if (n <= count) return buckets;
  // Neighbours in this order are alike: enough for where there are too many.
  std::sort(buckets.begin(), buckets.end(),
            [](const Bucket& a, const Bucket& b) {
              return std::tie(a.high, a.low) < std::tie(b.high, b.low);
            });
  std::vector<Bucket> groups(std::min(n, kMaxGroups));
  for (size_t i = 0; i < n; ++i) {
    Bucket& group = groups[i * groups.size() / n];
    group = Union(group, buckets[i]);
  }
  return Merge(std::move(groups), count);
}

void FillTables(const std::vector<Bucket>& buckets, SetPlan* plan) {
  for (size_t b = 0; b < buckets.size(); ++b) {
    SetPlan::Table& table = plan->tables[b / SetPlan::kBuckets];
    const auto bit = static_cast<uint8_t>(1u << b % SetPlan::kBuckets);
    for (size_t at = 0; at < kWindow; ++at) {
      for (size_t half = 0; half < 16; ++half) {
        if ((buckets[b].low[at] >> half & 1) != 0) table.low[at][half] |= bit;
        if ((buckets[b].high[at] >> half & 1) != 0) table.high[at][half] |= bit;
      }
    }
  }
}

}  // namespace

SetPlan MakeSetPlan(std::vector<FoldedLiteral> literals) {
  SetPlan plan;
  plan.literals = std::move(literals);
  std::vector<Bucket> buckets;
  AddWindows(&plan, &buckets);
  FillSlots(&plan);
  plan.table_count = plan.literals.size() >= kManyLiterals ? 2 : 1;
  FillTables(Share(std::move(buckets), plan.table_count * SetPlan::kBuckets),
             &plan);
  return plan;
}

}  // namespace dirwatcher
