const { Libyang, loadLibyangModule } = require("libyang-wasm");

void loadLibyangModule().then((wasm) => console.log(JSON.stringify({ libyang: Libyang.instantiate(wasm).version })));
