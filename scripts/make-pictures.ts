// Makes the pictures of the documentation: `npm run pictures`. A test checks that they are current.

import { folder, make, pictures } from "./pictures/pictures.ts";

for (const picture of pictures) {
  const text = await make(picture, folder);
  console.log(`${picture.file}: ${Math.ceil(text.length / 1024)} KB`);
}
