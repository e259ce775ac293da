{
  "targets": [
    {
      "target_name": "hyperlift",
      "type": "none",
      "actions": [
        {
          "action_name": "cmake",
          "inputs": ["CMakeLists.txt"],
          "outputs": ["build/Release/hyperlift.node"],
          "action": ["node", "tools/node-gyp-shim.js"]
        }
      ]
    }
  ]
}
