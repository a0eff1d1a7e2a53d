// One decision on a published tree: `decide TREE-ID DAYS [ENDPOINT]`; a line for each action.
#include <iostream>
#include <smartflow.hpp>

int main(int count, char **arguments) {
  if (count < 3) {
    std::cerr << "usage: decide TREE-ID DAYS [ENDPOINT]\n";
    return 64;
  }
  try {
    smartflow::Client client(count > 3 ? arguments[3] : nullptr);
    smartflow::Context player;
    player.add("daysInactive", std::stoi(arguments[2])).add("name", "Maria");
    smartflow::Request request;
    request.tree_id = arguments[1];
    request.player_id = "maria";
    request.context = player.get();
    smartflow::Call call = client.execute(request);
    for (const smartflow_action &one : smartflow::each(call.wait()->actions)) {
      std::cout << one.type << ' ' << smartflow::json_of(one.parameters) << '\n';
    }
  } catch (const smartflow::Error &error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
