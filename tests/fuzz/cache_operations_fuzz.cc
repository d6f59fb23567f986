// Any calls in any order, also such as the contract forbids: nothing may be corrupted, and the books must balance.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "cache/cache.h"

namespace {

using hawser::cache::Cache;
using hawser::cache::Index;
using hawser::cache::kForever;
using hawser::cache::kNone;
using hawser::cache::Ms;

class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool done() const { return at_ >= size_; }
  int Byte() { return done() ? 0 : data_[at_++]; }
  // Mostly small indices, sometimes nonsense.
  Index AnIndex() {
    const int byte = Byte();
    return byte < 200 ? byte % 24 : byte == 255 ? INT32_MIN : byte == 254 ? INT32_MAX : -byte;
  }
  // A load as it would be named: an index below a generation.
  std::int32_t AFlight() {
    const int byte = Byte();
    return byte & 0x80 ? AnIndex() : (Byte() << 20) | (byte % 16);
  }
  Ms ATime() {
    const int byte = Byte();
    if (byte > 250) {
      double raw = 0;
      for (unsigned i = 0; i < sizeof raw; ++i) reinterpret_cast<unsigned char*>(&raw)[i] = static_cast<unsigned char>(Byte());
      return raw;
    }
    return byte > 240 ? kForever : std::ldexp(byte % 16, byte / 16);
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

void Check(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input in(data, size);
  Cache cache(in.Byte() % 2 ? 2'000 : kForever);
  for (int i = 0; i < 2; ++i) cache.AddSpace(in.Byte() % 4, kForever);
  Ms now = 1'000;
  while (!in.done()) {
    switch (in.Byte() % 20) {
      case 0: cache.AddSpace(in.AnIndex(), in.ATime()); break;
      case 1: cache.CloseSpace(in.AnIndex()); break;
      case 2: case 3: cache.AddEntry(in.AnIndex()); break;
      case 4: cache.Hit(in.AnIndex(), now, in.ATime()); break;
      case 5: cache.Lookup(in.AnIndex(), now, in.ATime(), in.ATime(), in.AnIndex()); break;
      case 6: cache.StageTag(in.AnIndex()); break;
      case 7: cache.AddTag(); break;
      case 8: case 9: cache.Begin(in.AnIndex(), now, in.AnIndex(), in.Byte() % 2, in.Byte() % 2); break;
      case 10: cache.Join(in.Byte() % 2 ? cache.joinable() : in.AFlight()); break;
      case 11: cache.Leave(in.AFlight()); break;
      case 12: case 13:
        cache.Settle(in.AFlight(), now, in.Byte() % 4 ? now : in.ATime(), {in.ATime(), in.ATime(), in.ATime()}, in.ATime(),
                     in.ATime());
        break;
      case 14: cache.Fail(in.AFlight(), now, in.ATime()); break;
      case 15: cache.InvalidateEntry(in.AnIndex(), in.Byte() % 2, now); break;
      case 16: cache.InvalidateTag(in.AnIndex(), in.Byte() % 2, now); break;
      case 17: in.Byte() % 2 ? cache.InvalidateSpace(in.AnIndex(), now) : cache.ClearSpace(in.AnIndex()); break;
      case 18: now = in.Byte() % 8 ? now + in.ATime() : in.ATime(); break;
      default:
        while (cache.NextReleased() != kNone) {}
        while (cache.NextUnusedTag() != kNone) {}
    }
    Check(!(cache.stats().bytes < 0) && cache.stats().entries >= 0 && cache.flights() >= 0);
  }
  // Everything that was kept can be let go of again.
  for (Index space = 0; space < 64; ++space) cache.CloseSpace(space);
  while (cache.NextReleased() != kNone) {}
  Check(cache.stats().entries == 0 && cache.stats().bytes == 0);
  return 0;
}
