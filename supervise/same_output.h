// Whether two descriptors, standard output and standard error, lead to one
// place.

#ifndef DIRWATCHER_SUPERVISE_SAME_OUTPUT_H_
#define DIRWATCHER_SUPERVISE_SAME_OUTPUT_H_

namespace dirwatcher {

// Whether it makes no difference to which of the two something is written:
// they are the same pipe, socket or device, the same open file ("2>&1"), or one
// file that both append to. Two of a command's streams must then share one
// pipe, or what is written to one could overtake what is written to the other.
// False, too, where it cannot be found out. Thread-safe.
bool IsSameOutput(int a, int b);

}  // namespace dirwatcher

#endif  // DIRWATCHER_SUPERVISE_SAME_OUTPUT_H_
