// How common each byte is in text, as a rank: a search that looks for the
// rarest bytes of a word stops least often.

#ifndef DIRWATCHER_DIRWATCH_BYTE_FREQUENCY_H_
#define DIRWATCHER_DIRWATCH_BYTE_FREQUENCY_H_

#include <cstdint>

namespace dirwatcher {

// From 0, the rarest byte, to 255, the most common. No two bytes share a rank.
//
// Counted over 257 MB: the text files, compressed ones unpacked, below
// /usr/share/doc and /var/log of a Debian 12 installation with development
// packages (bytes with equal counts by value).
uint8_t ByteFrequencyRank(uint8_t byte);

}  // namespace dirwatcher

#endif  // DIRWATCHER_DIRWATCH_BYTE_FREQUENCY_H_
