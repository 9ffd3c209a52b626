#include "runtime/dispatch.hpp"

#include <atomic>
#include <stdexcept>

#include "runtime/cpu.hpp"

namespace dlcore {
namespace {

#if defined(__x86_64__)
const KernelTable* const kTables[] = {&table_x86_64_v4, &table_x86_64_v3, &table_x86_64_v2};
#else
const KernelTable* const kTables[] = {&table_neon};
#endif

std::atomic<const KernelTable*> active{nullptr};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

}  // namespace

std::vector<std::string> available_targets() {
  std::vector<std::string> names;
  for (const KernelTable* table : kTables)
    if (cpu_supports(table->name)) names.push_back(table->name);
  return names;
}

const KernelTable& active_table() {
  const KernelTable* table = active.load(std::memory_order_acquire);
  if (table) return *table;
  const std::vector<std::string> names = available_targets();
  if (names.empty()) throw std::runtime_error("this processor lacks the instructions dlcore's core needs (SSE4.2)");
  force_target(names.front());
  return *active.load(std::memory_order_acquire);
}

void force_target(const std::string& name) {
  for (const KernelTable* table : kTables)
    if (name == table->name && cpu_supports(name)) {
      active.store(table, std::memory_order_release);
      return;
    }
  throw std::invalid_argument("instruction set '" + name +
                              "' is not available here; available: " + joined(available_targets()));
}

}  // namespace dlcore
