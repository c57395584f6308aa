// Makes the pictures of the documentation anew: `npm run pictures`. A test holds them to be current.

import { folder, make, pictures } from "./pictures/pictures.ts";

for (const picture of pictures) {
  const text = await make(picture, folder);
  console.log(`${picture.file}: ${Math.ceil(text.length / 1024)} KB`);
}
