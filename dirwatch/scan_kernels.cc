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

// As StandsAt; most near misses end here, without a loop or a call.
HWY_INLINE bool IsAt(const FoldedLiteral& literal, const char* text) {
  const std::string& bytes = literal.bytes;
  const std::string& fold = literal.fold;
  if ((text[0] | fold.front()) != bytes.front() ||
      (text[bytes.size() - 1] | fold.back()) != bytes.back()) {
    return false;
  }
  return literal.folds ? StandsAt(literal, text)
                       : memcmp(text, bytes.data(), bytes.size()) == 0;
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
  size_t min_before() const { return anchor_; }
  size_t max_before() const { return anchor_; }
  // How many it has at least after its anchor.
  size_t after() const { return literal_.bytes.size() - 1 - anchor_; }
  // How many bytes beyond the anchors a probe looks at.
  size_t reach() const { return distance_; }

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

  // Whether an occurrence that begins at or after `from` has its anchor at
  // `anchor` and is better than `hit`: it begins before that, or there and its
  // literal was named before. Then it replaces `hit`. REQUIRES: after() bytes
  // stand behind the anchor.
  HWY_INLINE bool Confirm(absl::string_view text, size_t /*from*/,
                          size_t anchor, TextHit* hit) const {
    if (!IsAt(literal_, text.data() + anchor - anchor_)) return false;
    hit->begin = anchor - anchor_;
    return true;
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

// Windows of several literals; the anchor is the first byte of a window.
template <size_t kTables>
class SetFinder {
 public:
  explicit SetFinder(const SetPlan& plan) : plan_(plan) {}

  size_t min_before() const { return plan_.min_offset; }
  size_t max_before() const { return plan_.max_offset; }
  size_t after() const { return plan_.min_rest - 1; }
  size_t reach() const { return SetPlan::kWindow - 1; }

  // The buckets of which an anchor may stand at each place.
  HWY_INLINE Vec Probe(Tag d, const char* text, Vec anchors) const {
    const Vec second = Load(d, text + 1);
    const Vec third = Load(d, text + 2);
    const Vec fourth = Load(d, text + 3);
    Vec buckets = BucketsOf(d, 0, anchors, second, third, fourth);
    if (kTables > 1) {
      buckets =
          hn::Or(buckets, BucketsOf(d, 1, anchors, second, third, fourth));
    }
    return buckets;
  }

  static HWY_INLINE Vec Combine(Vec a, Vec b, Vec c, Vec e) {
    return hn::Or(hn::Or(a, b), hn::Or(c, e));
  }
  static HWY_INLINE Mask Candidates(Tag d, Vec probe) {
    return hn::Ne(probe, hn::Zero(d));
  }

  HWY_INLINE bool Confirm(absl::string_view text, size_t from, size_t anchor,
                          TextHit* hit) const {
    const uint32_t bytes = WindowAt(text, anchor);
    bool found = false;
    for (const uint32_t mask : plan_.masks) {
      const uint32_t key = (bytes | plan_.fold) & mask;
      const size_t slot = plan_.SlotOf(key);
      for (uint32_t i = plan_.slots[slot]; i < plan_.slots[slot + 1]; ++i) {
        const SetPlan::Window& window = plan_.windows[i];
        if (window.key == key && Improves(window, text, from, anchor, hit)) {
          found = true;
        }
      }
    }
    return found;
  }

 private:
  HWY_INLINE Vec BucketsOf(Tag d, size_t table, Vec first, Vec second,
                           Vec third, Vec fourth) const {
    return hn::And(
        hn::And(BucketsOf(d, table, 0, first), BucketsOf(d, table, 1, second)),
        hn::And(BucketsOf(d, table, 2, third), BucketsOf(d, table, 3, fourth)));
  }

  HWY_INLINE Vec BucketsOf(Tag d, size_t table, size_t at, Vec bytes) const {
    const SetPlan::Table& from = plan_.tables[table];
    const Vec low = hn::LoadDup128(d, from.low[at].data());
    const Vec high = hn::LoadDup128(d, from.high[at].data());
    return hn::And(hn::TableLookupBytes(low, hn::And(bytes, hn::Set(d, 0x0F))),
                   hn::TableLookupBytes(high, hn::ShiftRight<4>(bytes)));
  }

  // The bytes of a window at `anchor`, 0 beyond the end of the text.
  static HWY_INLINE uint32_t WindowAt(absl::string_view text, size_t anchor) {
    uint32_t bytes = 0;
    const size_t left = text.size() - anchor;
    if (HWY_LIKELY(left >= sizeof(bytes))) {
      memcpy(&bytes, text.data() + anchor, sizeof(bytes));
    } else {
      memcpy(&bytes, text.data() + anchor, left);
    }
    return bytes;
  }

  // Whether the literal of `window`, if that is at `anchor`, is a better hit.
  bool Improves(const SetPlan::Window& window, absl::string_view text,
                size_t from, size_t anchor, TextHit* hit) const {
    const FoldedLiteral& literal = plan_.literals[window.literal];
    if (anchor < from + window.offset) return false;
    const size_t begin = anchor - window.offset;
    if (begin > hit->begin ||
        (begin == hit->begin && window.literal > hit->literal) ||
        literal.bytes.size() > text.size() - begin ||
        !IsAt(literal, text.data() + begin)) {
      return false;
    }
    hit->begin = begin;
    hit->literal = window.literal;
    return true;
  }

  const SetPlan& plan_;
};

// One search. Positions are indices into `text_`, those of anchors; as there is
// no newline in a literal, those before an anchor are those before the
// occurrence.
template <class Finder>
class Search {
 public:
  Search(const Finder& finder, absl::string_view text, size_t from)
      : finder_(finder), text_(text), from_(from) {}

  HWY_INLINE TextHit Run() {
    const size_t first = from_ + finder_.min_before();
    if (text_.size() <= first + finder_.after()) {
      hit_.newlines = CountByteByByte(from_, text_.size());
      return hit_;
    }
    end_ = text_.size() - finder_.after();
    hit_.newlines = CountByteByByte(from_, first);
    if (FindAnchor(first) && finder_.max_before() > finder_.min_before()) {
      FindEarlier();
    }
    return hit_;
  }

 private:
  // Looks for an anchor from `first` on and counts the newlines before it or,
  // if there is none, those to the end of the text.
  HWY_INLINE bool FindAnchor(size_t first) {
    const Tag d;
    const size_t lanes = hn::Lanes(d);
    const size_t beyond = std::max(finder_.after(), finder_.reach()) + lanes;
    // Without vectors there is nothing to look tables up in.
    const bool is_scalar = HWY_TARGET == HWY_SCALAR;
    if (is_scalar || text_.size() < first + beyond) return ByteByByte(first);

    const size_t last = text_.size() - beyond;
    vectors_end_ = last + 1;
    if (Vector(d, first, 0)) return true;
    size_t at = first + lanes;  // everything before it was looked at
    // From here on anchors are loaded from aligned addresses, which is twice as
    // fast where a vector is as long as a line of the cache.
    const size_t misaligned =
        reinterpret_cast<uintptr_t>(text_.data() + at) % lanes;
    const size_t aligned = at - misaligned;
    if (aligned <= last && misaligned > 0) {
      if (Vector(d, aligned, misaligned)) return true;
      at = aligned + lanes;
    }
    for (; at + (kUnroll - 1) * lanes <= last; at += kUnroll * lanes) {
      if (Block(d, at)) return true;
    }
    for (; at <= last; at += lanes) {
      if (Vector(d, at, 0)) return true;
    }
    // What is left is looked at by a vector that begins earlier.
    if (at < last + lanes && Vector(d, last, at - last)) return true;
    return ByteByByte(last + lanes);
  }

  // As FindAnchor.
  bool ByteByByte(size_t first) {
    for (size_t at = first; at < end_; ++at) {
      if (Confirm(at)) {
        anchor_ = at;
        return true;
      }
      if (text_[at] == '\n') ++hit_.newlines;
    }
    hit_.newlines += CountByteByByte(end_, text_.size());
    return false;
  }

  // An occurrence that begins before `hit_`, or there, may have its anchor
  // behind the first one. Between the two beginnings is no newline.
  HWY_INLINE void FindEarlier() {
    const Tag d;
    const size_t lanes = hn::Lanes(d);
    for (size_t at = anchor_ + 1;
         at < end_ && at <= hit_.begin + finder_.max_before();) {
      if (at >= vectors_end_) {
        Confirm(at++);
        continue;
      }
      uint64_t candidates = CandidatesAt(d, at, 0, Load(d, text_.data() + at));
      for (; candidates != 0; candidates &= candidates - 1) {
        Confirm(at + hwy::Num0BitsBelowLS1Bit_Nonzero64(candidates));
      }
      at += lanes;
    }
  }

  HWY_INLINE Mask IsNewline(Tag d, Vec bytes) const {
    return hn::Eq(bytes, hn::Set(d, uint8_t{'\n'}));
  }

  // Looks at kUnroll vectors from `at` on. True: there is an anchor.
  HWY_INLINE bool Block(Tag d, size_t at) {
    const size_t lanes = hn::Lanes(d);
    const char* const text = text_.data() + at;
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
      hit_.newlines += CountBefore(d, at, anchor_);
      return true;
    }
    hit_.newlines += hn::CountTrue(d, IsNewline(d, v0)) +
                     hn::CountTrue(d, IsNewline(d, v1)) +
                     hn::CountTrue(d, IsNewline(d, v2)) +
                     hn::CountTrue(d, IsNewline(d, v3));
    return false;
  }

  // The candidates of the vector at `at` but for its first `skip` bytes.
  HWY_INLINE uint64_t CandidatesAt(Tag d, size_t at, size_t skip,
                                   Vec anchors) const {
    const Vec probe = finder_.Probe(d, text_.data() + at, anchors);
    return Bits(d, Finder::Candidates(d, probe)) & BitsFrom(skip);
  }

  // Looks at the vector at `at` but for its first `skip` bytes. True: there is
  // an anchor.
  HWY_INLINE bool Vector(Tag d, size_t at, size_t skip) {
    const Vec anchors = Load(d, text_.data() + at);
    const uint64_t newlines = Bits(d, IsNewline(d, anchors)) & BitsFrom(skip);
    if (ConfirmAny(at, CandidatesAt(d, at, skip, anchors))) {
      hit_.newlines += CountBits(newlines & ~BitsFrom(anchor_ - at));
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
      count += hn::CountTrue(d, IsNewline(d, Load(d, text_.data() + begin)));
    }
    if (begin == end) return count;
    const Mask newlines = IsNewline(d, Load(d, text_.data() + begin));
    return count + CountBits(Bits(d, newlines) & ~BitsFrom(end - begin));
  }

  // Whether one of the `candidates`, counted from `at`, is an anchor.
  HWY_INLINE bool ConfirmAny(size_t at, uint64_t candidates) {
    for (; candidates != 0; candidates &= candidates - 1) {
      const size_t bit = hwy::Num0BitsBelowLS1Bit_Nonzero64(candidates);
      if (Confirm(at + bit)) {
        anchor_ = at + bit;
        return true;
      }
    }
    return false;
  }

  HWY_INLINE bool Confirm(size_t anchor) {
    return finder_.Confirm(text_, from_, anchor, &hit_);
  }

  size_t CountByteByByte(size_t begin, size_t end) const {
    return static_cast<size_t>(
        std::count(text_.begin() + begin, text_.begin() + end, '\n'));
  }

  const Finder finder_;
  const absl::string_view text_;
  const size_t from_;
  size_t end_ = 0;          // of the places where an anchor can be
  size_t vectors_end_ = 0;  // a vector that begins before it has all the bytes
                            // that it looks at
  size_t anchor_ = 0;       // the first that was found
  TextHit hit_;
};

template <class Finder, class Plan>
TextHit Find(const Plan& plan, absl::string_view text, size_t from) {
  return Search<Finder>(Finder(plan), text, from).Run();
}

TextHit PairExact(const PairPlan& plan, absl::string_view text, size_t from) {
  return Find<PairFinder<false>>(plan, text, from);
}

TextHit PairFolded(const PairPlan& plan, absl::string_view text, size_t from) {
  return Find<PairFinder<true>>(plan, text, from);
}

TextHit SetOneTable(const SetPlan& plan, absl::string_view text, size_t from) {
  return Find<SetFinder<1>>(plan, text, from);
}

TextHit SetTwoTables(const SetPlan& plan, absl::string_view text, size_t from) {
  return Find<SetFinder<2>>(plan, text, from);
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
HWY_EXPORT(SetOneTable);
HWY_EXPORT(SetTwoTables);
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
  return plan.table_count == 1
             ? HWY_DYNAMIC_DISPATCH(SetOneTable)(plan, text, from)
             : HWY_DYNAMIC_DISPATCH(SetTwoTables)(plan, text, from);
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
