#include "dirwatch/scan_kernels.h"

#include <string.h>

#include <algorithm>

// Highway includes this file again for each instruction set.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "dirwatch/scan_kernels.cc"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace dirwatcher {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// At most 64 bytes, so that a mask fits a machine word.
using Tag = hn::CappedTag<uint8_t, 64>;
using Vec = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;

// How many vectors the main loop looks at before it decides anything.
constexpr size_t kUnroll = 4;

HWY_INLINE uint64_t Bits(Tag d, Mask mask) {
  alignas(8) uint8_t bytes[8] = {};
  hn::StoreMaskBits(d, mask, bytes);
  uint64_t bits;
  memcpy(&bits, bytes, sizeof(bits));
  return bits;
}

// The bits from `n` on. REQUIRES: n < 64
constexpr uint64_t BitsFrom(size_t n) { return ~uint64_t{0} << n; }

HWY_INLINE size_t CountBits(uint64_t bits) { return hwy::PopCount(bits); }

HWY_INLINE Vec Load(Tag d, const char* text) {
  return hn::LoadU(d, reinterpret_cast<const uint8_t*>(text));
}

// Two bytes of one literal.
//
// A finder knows a literal by its anchor, one of its bytes: it says which
// places of a vector may be the anchor of an occurrence, and whether one is.
template <bool kFold>
class PairFinder {
 public:
  explicit PairFinder(const PairPlan& plan)
      : literal_(plan.literal),
        anchor_(plan.first),
        distance_(plan.second - plan.first),
        first_(ByteOf(plan.literal.bytes[plan.first])),
        second_(ByteOf(plan.literal.bytes[plan.second])),
        first_fold_(ByteOf(plan.literal.fold[plan.first])),
        second_fold_(ByteOf(plan.literal.fold[plan.second])) {}

  // How many bytes an occurrence has before its anchor.
  size_t before() const { return anchor_; }
  // How many it has at least after its anchor.
  size_t after() const { return literal_.bytes.size() - 1 - anchor_; }

  // What stands at each place of `anchors`, the vector at `text`: 0 if it may
  // be an anchor.
  HWY_INLINE Vec Probe(Tag d, const char* text, Vec anchors) const {
    Vec second = Load(d, text + distance_);
    if (kFold) {
      anchors = hn::Or(anchors, hn::Set(d, first_fold_));
      second = hn::Or(second, hn::Set(d, second_fold_));
    }
    return hn::Or(hn::Xor(anchors, hn::Set(d, first_)),
                  hn::Xor(second, hn::Set(d, second_)));
  }

  // The places of four probes together, and the candidates of one.
  static HWY_INLINE Vec Combine(Vec a, Vec b, Vec c, Vec e) {
    return hn::Min(hn::Min(a, b), hn::Min(c, e));
  }
  static HWY_INLINE Mask Candidates(Tag d, Vec probe) {
    return hn::Eq(probe, hn::Zero(d));
  }

  // Whether an occurrence begins at `text`, of which `left` bytes are there, at
  // least before() + 1 + after().
  HWY_INLINE bool Confirm(const char* text, size_t /*left*/,
                          size_t* /*literal*/) const {
    const std::string& bytes = literal_.bytes;
    const std::string& fold = literal_.fold;
    // Most near misses end here, without a loop or a call.
    if ((text[0] | fold.front()) != bytes.front() ||
        (text[bytes.size() - 1] | fold.back()) != bytes.back()) {
      return false;
    }
    return kFold ? StandsAt(literal_, text)
                 : memcmp(text, bytes.data(), bytes.size()) == 0;
  }

 private:
  static uint8_t ByteOf(char c) { return static_cast<uint8_t>(c); }

  const FoldedLiteral& literal_;
  const size_t anchor_;
  const size_t distance_;
  const uint8_t first_;
  const uint8_t second_;
  const uint8_t first_fold_;
  const uint8_t second_fold_;
};

// The first bytes of several literals; the anchor is the first of them.
template <size_t kPrefix>
class SetFinder {
 public:
  explicit SetFinder(const SetPlan& plan) : plan_(plan) {}

  size_t before() const { return 0; }
  size_t after() const { return plan_.min_size - 1; }

  // The buckets of which an anchor may stand at each place.
  HWY_INLINE Vec Probe(Tag d, const char* text, Vec anchors) const {
    Vec buckets = BucketsOf<0>(d, anchors);
    if (kPrefix > 1) {
      buckets = hn::And(buckets, BucketsOf<1>(d, Load(d, text + 1)));
    }
    if (kPrefix > 2) {
      buckets = hn::And(buckets, BucketsOf<2>(d, Load(d, text + 2)));
    }
    if (kPrefix > 3) {
      buckets = hn::And(buckets, BucketsOf<3>(d, Load(d, text + 3)));
    }
    return buckets;
  }

  static HWY_INLINE Vec Combine(Vec a, Vec b, Vec c, Vec e) {
    return hn::Or(hn::Or(a, b), hn::Or(c, e));
  }
  static HWY_INLINE Mask Candidates(Tag d, Vec probe) {
    return hn::Ne(probe, hn::Zero(d));
  }

  HWY_INLINE bool Confirm(const char* text, size_t left,
                          size_t* literal) const {
    uint32_t buckets = 0xFF;
    for (size_t i = 0; i < kPrefix; ++i) {
      const auto byte = static_cast<uint8_t>(text[i]);
      buckets &= plan_.low[i][byte & 15] & plan_.high[i][byte >> 4];
    }
    size_t found = plan_.literals.size();
    for (; buckets != 0; buckets &= buckets - 1) {
      const size_t bucket = hwy::Num0BitsBelowLS1Bit_Nonzero32(buckets);
      for (const uint32_t index : plan_.buckets[bucket]) {
        if (index >= found) break;
        const FoldedLiteral& candidate = plan_.literals[index];
        if (candidate.bytes.size() <= left && StandsAt(candidate, text)) {
          found = index;
        }
      }
    }
    *literal = found;
    return found < plan_.literals.size();
  }

 private:
  template <size_t kAt>
  HWY_INLINE Vec BucketsOf(Tag d, Vec bytes) const {
    const Vec low = hn::LoadDup128(d, plan_.low[kAt].data());
    const Vec high = hn::LoadDup128(d, plan_.high[kAt].data());
    return hn::And(hn::TableLookupBytes(low, hn::And(bytes, hn::Set(d, 0x0F))),
                   hn::TableLookupBytes(high, hn::ShiftRight<4>(bytes)));
  }

  const SetPlan& plan_;
};

// One search. Positions are indices into `text_`, those of anchors; as there is
// no newline in a literal, those before an anchor are those before the
// occurrence.
template <class Finder>
class Search {
 public:
  Search(const Finder& finder, absl::string_view text)
      : finder_(finder), text_(text.data()), size_(text.size()) {}

  HWY_INLINE TextHit Run(size_t from) {
    const Tag d;
    const size_t lanes = hn::Lanes(d);
    const size_t first = from + finder_.before();
    // Without vectors there is nothing to look tables up in.
    const bool is_scalar = HWY_TARGET == HWY_SCALAR;
    if (is_scalar || size_ < first + lanes + finder_.after()) {
      return ByteByByte(from);
    }

    hit_.newlines = CountByteByByte(from, first);
    // Vectors that begin here or before have all the bytes they look at.
    const size_t last = size_ - finder_.after() - lanes;
    if (Vector(d, first, 0)) return hit_;
    size_t at = first + lanes;  // everything before it was looked at
    // From here on anchors are loaded from aligned addresses, which is twice as
    // fast where a vector is as long as a line of the cache.
    const size_t misaligned = reinterpret_cast<uintptr_t>(text_ + at) % lanes;
    const size_t aligned = at - misaligned;
    if (aligned <= last && misaligned > 0) {
      if (Vector(d, aligned, misaligned)) return hit_;
      at = aligned + lanes;
    }
    for (; at + (kUnroll - 1) * lanes <= last; at += kUnroll * lanes) {
      if (Block(d, at)) return hit_;
    }
    for (; at <= last; at += lanes) {
      if (Vector(d, at, 0)) return hit_;
    }
    // What is left is looked at by a vector that begins earlier.
    if (at < last + lanes && Vector(d, last, at - last)) return hit_;
    hit_.newlines += CountByteByByte(last + lanes, size_);
    return hit_;
  }

 private:
  HWY_INLINE Mask IsNewline(Tag d, Vec bytes) const {
    return hn::Eq(bytes, hn::Set(d, uint8_t{'\n'}));
  }

  // Looks at kUnroll vectors from `at` on. True: `hit_` is complete.
  HWY_INLINE bool Block(Tag d, size_t at) {
    const size_t lanes = hn::Lanes(d);
    const char* const text = text_ + at;
    const Vec v0 = Load(d, text);
    const Vec v1 = Load(d, text + lanes);
    const Vec v2 = Load(d, text + 2 * lanes);
    const Vec v3 = Load(d, text + 3 * lanes);
    const Vec p0 = finder_.Probe(d, text, v0);
    const Vec p1 = finder_.Probe(d, text + lanes, v1);
    const Vec p2 = finder_.Probe(d, text + 2 * lanes, v2);
    const Vec p3 = finder_.Probe(d, text + 3 * lanes, v3);
    const Mask any = Finder::Candidates(d, Finder::Combine(p0, p1, p2, p3));
    if (HWY_UNLIKELY(!hn::AllFalse(d, any)) &&
        (ConfirmAny(at, Bits(d, Finder::Candidates(d, p0))) ||
         ConfirmAny(at + lanes, Bits(d, Finder::Candidates(d, p1))) ||
         ConfirmAny(at + 2 * lanes, Bits(d, Finder::Candidates(d, p2))) ||
         ConfirmAny(at + 3 * lanes, Bits(d, Finder::Candidates(d, p3))))) {
      hit_.newlines += CountBefore(d, at, hit_.begin + finder_.before());
      return true;
    }
    hit_.newlines += hn::CountTrue(d, IsNewline(d, v0)) +
                     hn::CountTrue(d, IsNewline(d, v1)) +
                     hn::CountTrue(d, IsNewline(d, v2)) +
                     hn::CountTrue(d, IsNewline(d, v3));
    return false;
  }

  // Looks at the vector at `at` but for its first `skip` bytes. True: `hit_` is
  // complete.
  HWY_INLINE bool Vector(Tag d, size_t at, size_t skip) {
    const Vec anchors = Load(d, text_ + at);
    const uint64_t newlines = Bits(d, IsNewline(d, anchors)) & BitsFrom(skip);
    const uint64_t candidates =
        Bits(d, Finder::Candidates(d, finder_.Probe(d, text_ + at, anchors))) &
        BitsFrom(skip);
    if (ConfirmAny(at, candidates)) {
      const size_t anchor = hit_.begin + finder_.before();
      hit_.newlines += CountBits(newlines & ~BitsFrom(anchor - at));
      return true;
    }
    hit_.newlines += CountBits(newlines);
    return false;
  }

  // The newlines in [begin, end); whole vectors can be read there.
  HWY_INLINE size_t CountBefore(Tag d, size_t begin, size_t end) const {
    const size_t lanes = hn::Lanes(d);
    size_t count = 0;
    for (; begin + lanes <= end; begin += lanes) {
      count += hn::CountTrue(d, IsNewline(d, Load(d, text_ + begin)));
    }
    if (begin == end) return count;
    const Mask newlines = IsNewline(d, Load(d, text_ + begin));
    return count + CountBits(Bits(d, newlines) & ~BitsFrom(end - begin));
  }

  // Whether one of the `candidates`, counted from `at`, is an anchor.
  HWY_INLINE bool ConfirmAny(size_t at, uint64_t candidates) {
    for (; candidates != 0; candidates &= candidates - 1) {
      const size_t bit = hwy::Num0BitsBelowLS1Bit_Nonzero64(candidates);
      if (Confirm(at + bit - finder_.before())) return true;
    }
    return false;
  }

  HWY_INLINE bool Confirm(size_t begin) {
    if (!finder_.Confirm(text_ + begin, size_ - begin, &hit_.literal)) {
      return false;
    }
    hit_.begin = begin;
    return true;
  }

  size_t CountByteByByte(size_t begin, size_t end) const {
    return static_cast<size_t>(std::count(text_ + begin, text_ + end, '\n'));
  }

  TextHit ByteByByte(size_t from) {
    const size_t beyond_first = finder_.before() + finder_.after();
    for (size_t at = from; at < size_; ++at) {
      if (size_ - at > beyond_first && Confirm(at)) return hit_;
      if (text_[at] == '\n') ++hit_.newlines;
    }
    return hit_;
  }

  const Finder finder_;
  const char* const text_;
  const size_t size_;
  TextHit hit_;
};

TextHit PairExact(const PairPlan& plan, absl::string_view text, size_t from) {
  return Search<PairFinder<false>>(PairFinder<false>(plan), text).Run(from);
}

TextHit PairFolded(const PairPlan& plan, absl::string_view text, size_t from) {
  return Search<PairFinder<true>>(PairFinder<true>(plan), text).Run(from);
}

TextHit SetAny(const SetPlan& plan, absl::string_view text, size_t from) {
  switch (plan.prefix) {
    case 1:
      return Search<SetFinder<1>>(SetFinder<1>(plan), text).Run(from);
    case 2:
      return Search<SetFinder<2>>(SetFinder<2>(plan), text).Run(from);
    case 3:
      return Search<SetFinder<3>>(SetFinder<3>(plan), text).Run(from);
    default:
      return Search<SetFinder<4>>(SetFinder<4>(plan), text).Run(from);
  }
}

size_t Newlines(absl::string_view text) {
  const Tag d;
  const size_t lanes = hn::Lanes(d);
  const auto newline = hn::Set(d, uint8_t{'\n'});
  size_t at = 0;
  size_t count = 0;
  for (; at + lanes <= text.size(); at += lanes) {
    count += hn::CountTrue(d, hn::Eq(Load(d, text.data() + at), newline));
  }
  return count +
         static_cast<size_t>(std::count(text.begin() + at, text.end(), '\n'));
}

size_t LeadingNuls(absl::string_view text) {
  const Tag d;
  const size_t lanes = hn::Lanes(d);
  size_t at = 0;
  for (; at + lanes <= text.size(); at += lanes) {
    const Mask others = hn::Ne(Load(d, text.data() + at), hn::Zero(d));
    if (!hn::AllFalse(d, others)) break;
  }
  while (at < text.size() && text[at] == '\0') ++at;
  return at;
}

}  // namespace HWY_NAMESPACE
}  // namespace dirwatcher
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dirwatcher {

HWY_EXPORT(PairExact);
HWY_EXPORT(PairFolded);
HWY_EXPORT(SetAny);
HWY_EXPORT(Newlines);
HWY_EXPORT(LeadingNuls);

bool StandsAt(const FoldedLiteral& literal, const char* text) {
  for (size_t i = 0; i < literal.bytes.size(); ++i) {
    if ((text[i] | literal.fold[i]) != literal.bytes[i]) return false;
  }
  return true;
}

TextHit FindPair(const PairPlan& plan, absl::string_view text, size_t from) {
  return plan.literal.folds ? HWY_DYNAMIC_DISPATCH(PairFolded)(plan, text, from)
                            : HWY_DYNAMIC_DISPATCH(PairExact)(plan, text, from);
}

TextHit FindSet(const SetPlan& plan, absl::string_view text, size_t from) {
  return HWY_DYNAMIC_DISPATCH(SetAny)(plan, text, from);
}

size_t CountNewlines(absl::string_view text) {
  return HWY_DYNAMIC_DISPATCH(Newlines)(text);
}

size_t CountLeadingNuls(absl::string_view text) {
  const bool none = text.empty() || text.front() != '\0';
  return none ? 0 : HWY_DYNAMIC_DISPATCH(LeadingNuls)(text);
}

}  // namespace dirwatcher
#endif  // HWY_ONCE
